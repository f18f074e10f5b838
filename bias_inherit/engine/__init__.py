"""Experiments: from a file to a plan, from the plan to artifacts."""
