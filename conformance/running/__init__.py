"""A run under way: it sends what scenarios ask for, shows each exchange to the checks, and makes counterexamples small."""
