"""Walks: searches and tables as people might bring them, drawn at random and taken through every command.

`python -m tests.walks --count 500` draws from seeds of which nobody has looked at, and writes what failed, made small.
"""
