"""Checks announcements and recomputes results, apart from the portal: standard library only."""
