"""What the task offensive is."""

from bias_tasks.classification.definition import classification

TASK = classification("offensive", relation="indirect", yes="offensive")
