"""Families, registry imports, quarters, allotments, vouchers and hand-overs.

Not for accounts of stock: goods move only through the services of `warehouses`.
"""
