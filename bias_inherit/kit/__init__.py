"""What every room may use: errors, files, locks, the screen. Imports nothing of the other rooms."""
