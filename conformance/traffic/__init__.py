"""Traffic that somebody recorded: read, made into exchanges, and judged; nothing is sent."""
