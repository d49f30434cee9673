"""What a command prints and writes, read as metrics by their names and epochs."""
