"""Composition root: the factory, menu, role matrix, demonstration and commands that span packages.

Not for rules or pages of a trade; nobody imports this package except `wsgi.py` and the tests.
"""
