"""Refusals of distribution."""
