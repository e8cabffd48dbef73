"""``make bench-mining``: what is found of what was planted, agreement with labels, and how clustering grows."""
