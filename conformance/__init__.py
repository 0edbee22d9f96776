"""Judges an implementation of an API by the contract it promises to keep.

What others may import stands in `conformance.authoring` (to bring a contract), in `conformance.records` (to read results), in
`conformance.strategies` (to draw values for one's own tests), in `conformance.testing` (to judge in one line of a test), and here. All
else is private, though its name may not begin with an underscore.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
