"""The web side of the groundwork: request session, guards, forms, lists, error pages.

Not for pages of a trade: those live in the `views.py` of their package.
"""
