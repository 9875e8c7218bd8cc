"""The rules of the house, kept by the build. Each message says what to do."""
