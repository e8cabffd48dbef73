"""Campaigns of candidates that do not help, one file for each way in which a gate could be fooled."""
