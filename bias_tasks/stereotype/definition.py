"""What the task stereotype is."""

from bias_tasks.classification.definition import classification

TASK = classification("stereotype", relation="direct", yes="stereotyping")
