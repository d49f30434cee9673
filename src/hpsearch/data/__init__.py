"""Data for the built-in network: sources, the split into parts, scaling, and the file that workers map.

Nothing is imported here: a check of a file asks for names alone.
"""
