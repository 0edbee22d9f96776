"""Who is tested: configuration, transports, the client, and the first look at what is there."""
