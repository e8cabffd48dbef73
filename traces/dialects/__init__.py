"""Dialects: other conventions' names for spans, read as today's; one module for each."""
