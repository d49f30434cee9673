"""The built-in network: NumPy only, written over a leading trial axis so that K networks train together.

Axis letters in names and docstrings: K trials, B batch, N examples, I inputs, O outputs, P parameters. Its pieces
are found in registries, which a check of a file asks for their names without waiting for the rest: nothing is
imported here.
"""
