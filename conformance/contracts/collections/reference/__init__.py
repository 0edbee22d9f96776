"""The reference implementation: a web app on SQLite whose answers come from its own logic, none of it shared with the checks."""
