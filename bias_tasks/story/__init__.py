"""Stories about a name."""
