"""`python -m benchmarks.calibration`: see `page`."""

from benchmarks.calibration.page import main

main()
