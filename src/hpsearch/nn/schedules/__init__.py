"""Schedules of the learning rate. A new one is a module here that registers it in `SCHEDULES`."""

from hpsearch.nn.schedules.base import HYPER, SCHEDULES, Schedule, factors

__all__ = ["HYPER", "SCHEDULES", "Schedule", "factors"]
