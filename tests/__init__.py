"""The tests: real database, real services, real templates."""
