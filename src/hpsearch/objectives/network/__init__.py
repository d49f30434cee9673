"""The built-in network as an objective."""
