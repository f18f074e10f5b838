"""The classification spam: its items, its files for the harness, its card."""
