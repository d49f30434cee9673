"""The `hpsearch` command."""

import sys


def main() -> int:
    """Be the `hpsearch` command, alone in its process; returns the exit status.

    Everything is imported where it is used: worker processes import this module too, and need none of it.
    """
    from hpsearch.core.collector import collector_deferred

    with collector_deferred():
        return answered()


def answered() -> int:
    """Run the command line; returns the exit status."""
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


def _search_no_current_folder() -> None:
    """Take back that `python -m` searches the current folder for modules, unless hpsearch itself is there.

    What it holds is the user's: a `random.py` there is not meant to be run in place of Python's own. Before this,
    nothing is imported that is not built in, here and in `hpsearch/__init__.py`, not even `__future__`.
    """
    import os  # which Python itself has imported by now

    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120
    try:
        here = os.getcwd()  # noqa: PTH109
    except OSError:  # somebody has deleted it
        return
    if not sys.flags.safe_path and sys.path[:1] == [here] and here != home:
        del sys.path[0]


if __name__ == "__main__":
    _search_no_current_folder()
    sys.exit(main())
