"""Losses. A new one is a module here that registers it in `LOSSES`."""

from hpsearch.nn.losses.base import LOSSES, Loss, losses_of, said_to_take

__all__ = ["LOSSES", "Loss", "losses_of", "said_to_take"]
