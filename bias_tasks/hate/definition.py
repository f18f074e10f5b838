"""What the task hate is."""

from bias_tasks.classification.definition import classification

TASK = classification("hate", relation="direct", yes="hateful")
