"""`python -m bias_inherit`."""

from bias_inherit.cli.app import main

main()
