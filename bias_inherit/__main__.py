"""`bias-inherit`, which is `python -m bias_inherit`."""

from bias_inherit.harness.own_packages import check_own_packages
from bias_inherit.kit.threads import wait_briefly


def main() -> None:
    """Check that the packages beside this one are ours, then run the command."""
    check_own_packages()
    wait_briefly()
    # Not above: the commands import those packages.
    from bias_inherit.cli.app import app

    app()


if __name__ == "__main__":
    main()
