"""The set-based ranking: SQL built from a rule pack, as verifier/RULES.md says."""
