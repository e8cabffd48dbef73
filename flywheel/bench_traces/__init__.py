"""``make bench-traces``: how fast traces come in, become searchable and are found, and how that grows."""
