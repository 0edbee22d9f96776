"""The engine: it sends what scenarios ask for, shows each exchange to the checks, repeats and minimizes what they find."""
