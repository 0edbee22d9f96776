"""Triggers: how rarely a fault of the reference shows, as `conformance faults` lists it."""

TRIGGERS = ("always", "edge", "rare")
