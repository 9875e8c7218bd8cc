"""The board of districts."""
