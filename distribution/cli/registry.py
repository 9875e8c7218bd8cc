"""Commands of registry imports."""
