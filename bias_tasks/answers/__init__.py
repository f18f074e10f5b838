"""Reading what a model meant out of what it wrote."""
