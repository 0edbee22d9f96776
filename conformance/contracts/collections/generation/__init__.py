"""Payloads: valid ones, those at the boundaries, hostile ones, and the documents to filter."""
