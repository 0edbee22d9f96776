"""JSON text, places in JSON values, equality, errors: what every room uses and what uses none."""
