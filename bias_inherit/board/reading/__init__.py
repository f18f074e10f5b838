"""Reading results folders into runs."""
