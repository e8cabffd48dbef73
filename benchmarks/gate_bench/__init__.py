"""The gate's bench: the shipped gate on simulated differences whose truth is known, beside rivals that are broken."""
