"""Writes of distribution; they never commit and never read the clock."""
