"""Models: found, loaded, asked and scored."""
