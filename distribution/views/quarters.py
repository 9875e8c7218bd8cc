"""Pages of quarters."""
