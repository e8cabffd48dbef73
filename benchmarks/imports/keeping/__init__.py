"""Imported tasks on disk: what is kept of each, and which make a suite."""
