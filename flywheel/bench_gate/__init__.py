"""``make bench-gate``: the gate's simulations, with tables, a plot and JSON."""
