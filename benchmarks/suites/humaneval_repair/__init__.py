"""Repair tasks made from the HumanEval problems by seeded mutation of their reference solutions."""
