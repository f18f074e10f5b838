"""What the task abuse is."""

from bias_tasks.classification.definition import classification

TASK = classification("abuse", relation="indirect", yes="abusive")
