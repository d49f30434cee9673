"""Searches whose truth is known, and how often what was said of them was true: a module for each statement."""
