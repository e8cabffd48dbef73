"""What the bench measures, one file for each question; every measure takes a size and returns its figures."""
