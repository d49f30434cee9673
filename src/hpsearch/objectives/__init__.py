"""What can be optimized."""

from hpsearch.objectives.base import Objective, last_words

__all__ = ["Objective", "last_words"]
