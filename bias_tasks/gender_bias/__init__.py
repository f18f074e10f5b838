"""The classification gender_bias: its items, its files for the harness, its card."""
