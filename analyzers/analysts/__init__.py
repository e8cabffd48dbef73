"""Analysts: the playbook and chat models, and how they work in parallel."""
