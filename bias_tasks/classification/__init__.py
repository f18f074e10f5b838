"""What the six cultural classifications share; each has its data in a folder of its own."""
