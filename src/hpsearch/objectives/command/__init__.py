"""Any command as an objective."""
