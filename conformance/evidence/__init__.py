"""What was seen: exchanges, violations, verdicts, and the record of a run."""
