"""The seam to lm-evaluation-harness: being known to it, and reading what it wrote."""
