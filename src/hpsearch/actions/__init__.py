"""What hpsearch does, one module per verb of the command line; commands, tests and notebooks call it."""
