"""What a run is asked to do: target files, and the settings of one run."""
