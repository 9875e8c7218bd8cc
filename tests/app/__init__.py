"""Tests of what spans packages."""
