"""What one command makes by itself, with the record of what was asked for beside it."""
