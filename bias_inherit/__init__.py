"""The experiment: command line, plan, run, compare, report."""
