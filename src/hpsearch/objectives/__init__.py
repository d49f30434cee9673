"""What can be optimized."""

from hpsearch.objectives.objective import Objective

__all__ = ["Objective"]
