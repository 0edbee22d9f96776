"""Payloads: valid ones, ones that break a single rule, hostile ones, and the edge catalogue that comes before chance."""
