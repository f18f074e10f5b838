"""Placebo twins: the same documents after an equally large change that says nothing of a group."""
