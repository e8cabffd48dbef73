"""How each kind of advice may be worded; one file for each kind."""
