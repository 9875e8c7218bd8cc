"""Regions and districts: where the programme works.

Not for warehouses or people: those are bound to a district by the packages above.
"""
