"""Figures of an evaluation. A new one is a module here that registers it in `FIGURES`."""

from hpsearch.nn.figures.base import FIGURES, Figure, Task, figures_of

__all__ = ["FIGURES", "Figure", "Task", "figures_of"]
