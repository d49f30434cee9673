"""What every error of hpsearch is caught as. Imports nothing: `import hpsearch` has it at once."""


class HpsearchError(Exception):
    """Base of every error hpsearch raises on purpose; `exit_status` is what the process ends with."""

    exit_status = 2
