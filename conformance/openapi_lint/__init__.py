"""What an OpenAPI document says, judged: against itself, and against the contract."""
