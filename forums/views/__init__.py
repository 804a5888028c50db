"""Pages of reading and writing."""
