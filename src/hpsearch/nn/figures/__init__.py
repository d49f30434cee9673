"""Figures of an evaluation. A new one is a module here that registers it in `FIGURES`."""

from hpsearch.nn.figures.base import (
    FIGURES,
    OF_VALIDATION,
    Figure,
    Task,
    Units,
    asked_for,
    figures_of,
    row_means,
)

__all__ = ["FIGURES", "OF_VALIDATION", "Figure", "Task", "Units", "asked_for", "figures_of", "row_means"]
