"""The demonstration: invented places, people and a registry, led through a quarter by the services that people use.

Not for tests and never for a database in use: it refuses where families or movements exist.
"""
