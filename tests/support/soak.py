"""A plugin for `make soak`: property tests try thousands of examples instead of a hundred."""

from hypothesis import HealthCheck, settings

settings.register_profile("soak", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("soak")
