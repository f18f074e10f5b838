"""How fast, how well calibrated, what real models showed: README.md says which command answers what."""
