"""Target files, and the settings of one run."""
