"""What is measured: populations, harness tasks, their data, metrics and statistics."""
