"""A small interpreter of a subset of Python: how the simulated model runs a program in its head."""
