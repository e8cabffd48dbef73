"""Single edits of a program that might repair it, and how they are written into its text."""
