"""A run as pytest performs it: its scenarios, workers, checkpoints and record."""
