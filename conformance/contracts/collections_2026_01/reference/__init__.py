"""The reference implementation of the edition of 2026-01: that of the first edition, with what this one changes."""
