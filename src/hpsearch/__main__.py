"""The `hpsearch` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit status.

    Everything is imported here: worker processes import this module too, and need none of it.
    """
    from hpsearch.cli import signals, streams

    streams.prepare()
    signals.install()
    try:
        from hpsearch.executors.base import one_blas_thread

        one_blas_thread()
        from hpsearch.cli.app import run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return signals.STATUS


if __name__ == "__main__":
    sys.exit(main())
