"""What every error of hpsearch is caught as. Imports nothing: `import hpsearch` has it at once."""


class HpsearchError(Exception):
    """Base of every error hpsearch raises on purpose; `exit_status` is what the process ends with.

    `found` is what there is to tell nonetheless, where `--json` asks for it.
    """

    exit_status = 2

    def __init__(self, message: str = "", *, found: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.found = found or {}
