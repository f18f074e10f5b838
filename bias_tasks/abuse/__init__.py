"""The classification abuse: its items, its files for the harness, its card."""
