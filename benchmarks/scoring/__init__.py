"""The scorer beside the harness's own model: the same answers, and how much sooner."""
