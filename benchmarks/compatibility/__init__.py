"""Which versions of what this depends on work."""
