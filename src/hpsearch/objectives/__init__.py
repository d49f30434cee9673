"""What can be optimized."""

from hpsearch.objectives.objective import Objective, last_words

__all__ = ["Objective", "last_words"]
