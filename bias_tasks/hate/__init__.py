"""The classification hate: its items, its files for the harness, its card."""
