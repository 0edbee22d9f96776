"""The fault bank and the freedom bank, run and written down."""
