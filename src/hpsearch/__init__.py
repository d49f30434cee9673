"""hpsearch: hyperparameter search from one YAML file and one command."""

__version__ = "0.1.0"
