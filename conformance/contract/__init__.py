"""What an implementation promises: requirements, models, shapes and semantics. Imports nothing of the rest."""
