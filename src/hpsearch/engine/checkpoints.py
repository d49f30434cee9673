"""Which saved states are worth their room on the disk. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.trial import Epochs, Job
from hpsearch.engine.history import History

#: At most so many paused trials keep their states; the worst are trained from the start if ever they go on.
MOST_PAUSED = 500
#: So many of the best full trainings keep their models: confirmation may yet reorder them.
MODELS = 10


def states_to_keep(jobs: Sequence[Job], history: History, epochs: int) -> set[tuple[int, Epochs]]:
    """(trial number, epochs reached) of the states to keep while `jobs` are trained.

    Those that `jobs` go on from and end with, those of the `MOST_PAUSED` best trials that may go on later, and the
    models of the best `MODELS` that were trained for the full `epochs`.
    """
    paused = history.leaders(MOST_PAUSED, lambda asked: asked < epochs)
    best = history.leaders(MODELS, lambda asked: asked >= epochs)
    kept = {(number, history.asked_of(number)) for number in (*paused, *best)}
    return kept | {(job.trial.number, epochs) for job in jobs for epochs in (job.start, job.epochs)}
