"""Measure which faults of the reference the toolkit detects, and whether it reports anything about correct variants."""
