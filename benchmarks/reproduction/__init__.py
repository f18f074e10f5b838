"""The paper's directions R1 to R8: what was declared, read from run folders, and said of each."""
