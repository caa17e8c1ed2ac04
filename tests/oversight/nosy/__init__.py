"""A portal in which somebody put an error tracker and an access log, and can take one protection of reports away.

Used by `test_report_canary.py` in a process of its own. WITHOUT names the protection that is taken away: untraced,
sealing or remaking; everything else is the real code.
"""
