"""The formats of the public record as pure functions: no I/O, no clock, no Django.

RFC 6962 hashing and the C2SP texts (tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature, tlog-proof,
tlog-policy, tlog-witness). A function that returns has verified; everything else raises TlogError.
"""
