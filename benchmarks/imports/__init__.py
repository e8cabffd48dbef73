"""Brings in other people's tasks: recognised by content, checked before they count."""
