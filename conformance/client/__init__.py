"""The client: it connects to a target over a transport and sends requests."""
