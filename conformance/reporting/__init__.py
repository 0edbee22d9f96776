"""Reports: each made from a record alone; none computes a verdict."""
