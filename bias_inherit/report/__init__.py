"""The report of a run: what was asked, what came out, with error bars."""
