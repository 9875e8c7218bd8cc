"""Commands of quarters."""
