"""What sequences of tokens have in common at their beginnings, read once: in training, and by the scorer."""
