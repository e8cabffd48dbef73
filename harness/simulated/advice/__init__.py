"""What a text asks of a coding agent, read by its meaning and not by its exact words."""
