"""Openness reports: what they say and how they are rendered."""
