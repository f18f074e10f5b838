"""The classification stereotype: its items, its files for the harness, its card."""
