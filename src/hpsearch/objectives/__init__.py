"""What can be optimized: the kinds of objective, each in a package of its own."""

#: Which package each kind is in: a search has one kind, and need not wait for all. One not named here is found too.
WHERE = {"mlp": "network", "python": "function", "command": "command"}
