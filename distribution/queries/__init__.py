"""Reads of distribution; each takes the reach of whoever asks."""
