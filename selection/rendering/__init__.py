"""Everything an announcement publishes, rendered into one folder whose digest is approved."""
