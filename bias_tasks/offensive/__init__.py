"""The classification offensive: its items, its files for the harness, its card."""
