"""The contract of the collections and documents API: its requirements, models, payloads, checks and reference."""
