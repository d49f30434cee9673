"""What is worth knowing before a search: whether data is fit to learn from, and whether the network learns.

Each check is one `Check`: a verdict, what was found, and what to do about it.
"""

from hpsearch.nn.diagnostics.activity import Activity, activity, check_activations
from hpsearch.nn.diagnostics.bias import bias_and_variance
from hpsearch.nn.diagnostics.check import Check, Verdict
from hpsearch.nn.diagnostics.data import check_data
from hpsearch.nn.diagnostics.network import activations, check_network

__all__ = [
    "Activity",
    "Check",
    "Verdict",
    "activations",
    "activity",
    "bias_and_variance",
    "check_activations",
    "check_data",
    "check_network",
]
