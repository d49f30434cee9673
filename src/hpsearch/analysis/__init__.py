"""What a search says about its space and the next search. Pure functions."""
