"""The built-in network: NumPy only, written over a leading trial axis so that K networks train together.

Axis letters in names and docstrings: K trials, B batch, N examples, I inputs, O outputs, P parameters.
"""

from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.examples import Data, Part
from hpsearch.nn.gradient_check import GradientCheck, gradient_check
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.memory import Work, best_stack_size, bytes_needed
from hpsearch.nn.network import Architecture, Network, Pass
from hpsearch.nn.optimizers import CLIPS, OPTIMIZERS, PENALTIES
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.nn.settings import Settings, hyperparameters
from hpsearch.nn.stack import evaluate
from hpsearch.nn.state import State
from hpsearch.nn.training import Training, initial, train
from hpsearch.nn.weights import load_weights, save_weights

__all__ = [
    "ACTIVATIONS",
    "CLIPS",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "PENALTIES",
    "SCHEDULES",
    "Architecture",
    "Data",
    "GradientCheck",
    "Network",
    "Part",
    "Pass",
    "Settings",
    "State",
    "Training",
    "Work",
    "best_stack_size",
    "bytes_needed",
    "evaluate",
    "gradient_check",
    "hyperparameters",
    "initial",
    "load_weights",
    "save_weights",
    "train",
]
