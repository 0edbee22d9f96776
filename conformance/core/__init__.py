"""The lowest layer: JSON text, pointers, equality, errors, tags and streams. It imports nothing from the other packages."""
