"""Reports. Each is made from `Results` alone, and none computes a verdict."""
