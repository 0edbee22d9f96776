"""Checks: pure functions of an exchange, each naming the requirement that it judges; they never send."""
