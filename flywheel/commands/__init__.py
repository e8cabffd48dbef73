"""One command per file; each is a thin layer over a function of this room."""
