"""Arrays from files that may be damaged, or made to do harm: what every reader of them has in common."""
