"""A Python function as an objective."""
