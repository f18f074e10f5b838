"""The unbiased originals that the project ships (D_o), composed from authored parts."""
