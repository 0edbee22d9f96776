"""What payloads are generated from: decision streams, JSON values, and bodies that Schemathesis derives."""
