"""What the task spam is."""

from bias_tasks.classification.definition import classification

TASK = classification("spam", relation="indirect", yes="spam")
