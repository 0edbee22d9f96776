"""Annotated JSON Schemas, walked: what a body breaks, how to break it, what came back of it."""
