"""Conformance and contract tests for the collections and documents API."""

__version__ = "0.1.0"
