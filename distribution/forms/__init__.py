"""Forms of the pages of distribution."""
