"""What each stage does: a function that reads the artifacts of a step's parents and fills its work folder."""
