"""Contracts: packages that say what an API promises. The engine imports none of them."""
