"""The acceptor: plan, e-process, error budget, vetoes and verdict."""
