"""What the task gender_bias is."""

from bias_tasks.classification.definition import classification

TASK = classification("gender_bias", relation="direct", yes="gender-biased")
