"""Suppliers, purchase orders, deliveries and transfers: how goods reach the points.

Not for who gets them: allotments and hand-overs live in `distribution`.
"""
