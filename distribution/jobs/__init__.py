"""Long work of distribution: imports, freezes, allotments, publications."""
