"""What an experiment file comes to: its steps, and what each of them is made from."""
