"""`python -m bias_inherit`."""

from bias_inherit.cli import main

main()
