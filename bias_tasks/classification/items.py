"""What an item of a classification is: its answers, and what it does with its subject."""

ANSWERS = ("no", "yes")
"""In the order of choices, and of log-probabilities in a record."""

FUNCTIONS = ("plain", "implicit", "negated_positive", "negated", "quoted", "counter_speech", "benign")
"""What an item does with its subject; the first three are positive (after HateCheck, Röttger et al. 2021)."""
