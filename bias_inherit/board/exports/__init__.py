"""The board's numbers in the layouts of others."""
