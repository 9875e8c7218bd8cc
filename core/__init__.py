"""Groundwork without a domain word: database, clock, errors, languages, audit, papers, tables.

Not for anything that knows what a child, a lot or a district is. Nothing here imports Flask except `core.web`.
"""
