"""The edition of 2026-01 of the collections and documents API: what it changes in `conformance.contracts.collections`."""
