"""What can be optimized: the kinds of objective, each in a package of its own."""
