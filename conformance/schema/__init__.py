"""Walks along annotated JSON Schemas: find the rules a body breaks, break one on purpose, compare an answer with its request."""
