"""Quantiles of distributions that intervals are made of."""

from __future__ import annotations

#: Two-sided 95 % of the normal distribution.
NORMAL_95 = 1.959964
