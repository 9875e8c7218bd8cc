"""Measurements: the main work, each as a ratio to the floor of the same machine."""
