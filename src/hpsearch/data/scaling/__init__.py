"""Scalings of the inputs. A new one is a module here with a function registered in `SCALINGS`."""

from hpsearch.data.scaling.base import NUMBERS, SCALINGS, Scaler, fit

__all__ = ["NUMBERS", "SCALINGS", "Scaler", "fit"]
