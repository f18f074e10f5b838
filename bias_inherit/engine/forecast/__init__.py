"""What a plan will cost, before anything starts."""
