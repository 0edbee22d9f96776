"""Two OpenAPI documents compared: what breaks a client of the old one, and what a server of it has to add for the new one."""
