"""Pages of families and children."""
