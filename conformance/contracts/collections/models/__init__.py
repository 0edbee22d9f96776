"""Pydantic models of the requests and answers."""
