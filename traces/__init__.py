"""Spans: runs and outcomes, segments, redaction, indexing and searching."""
