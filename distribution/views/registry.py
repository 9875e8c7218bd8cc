"""Pages of registry imports."""
