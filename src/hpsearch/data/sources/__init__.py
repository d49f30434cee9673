"""Where data comes from: built-in data sets, and files of every kind."""
