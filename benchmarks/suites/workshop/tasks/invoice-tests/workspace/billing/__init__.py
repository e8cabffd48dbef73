"""Turns positions into invoices."""
