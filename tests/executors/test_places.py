"""Places of workers that come and go: what they had, and how many are awaited."""

from __future__ import annotations

import pytest

from hpsearch.core.errors import WorkerDied, WorkerLeft
from hpsearch.executors.places import Place, Placed, Task


class Kept(Placed):
    """Sends nothing anywhere; keeps who was given what, and what was taken back."""

    def __init__(self, most: int, known: int = 0) -> None:
        super().__init__(most)
        self._known = known
        self.recalled: list[Task] = []

    def _send(self, task: Task, place: Place) -> None:
        task.sent = place.number

    def _recall(self, task: Task, place: Place) -> None:
        self.recalled.append(task)
        task.sent = None


def test_what_a_worker_had_that_was_let_go_is_given_back() -> None:
    executor = Kept(8)
    for worker in ("first", "second"):
        executor._come(worker, worker, 2)
    had = [executor.submit_in(number, abs, -3) for number in range(4)]
    executor._lose("first", left=True)
    executor._lose("second", left=False)
    for future, kind in zip(had, [WorkerLeft, WorkerLeft, WorkerDied, WorkerDied], strict=True):
        with pytest.raises(kind):
            future.result(timeout=0)
    assert len(executor.recalled) == 4
    assert executor.workers == 0
    waiting = executor.submit(abs, -3)  # submitted nevertheless, it waits for the next that comes
    assert not waiting.done()
    executor._come("third", "third", 1)
    assert (executor.idle(), waiting.done()) == ([], False)


@pytest.mark.parametrize(
    ("most", "known", "come", "awaited"),
    [(8, 4, 0, 4), (2, 4, 0, 2), (8, 0, 0, 0), (8, 0, 3, 3), (8, 4, 6, 6)],
)
def test_as_many_are_awaited_as_are_known_of_or_are_there(
    most: int, known: int, come: int, awaited: int
) -> None:
    executor = Kept(most, known)
    executor._come("one", "one", come)
    assert executor.awaited == awaited


@pytest.mark.parametrize(("said", "awaited"), [("32", 32), ("", 0), ("many", 0), (None, 0)])
def test_srun_starts_as_many_as_the_job_has_tasks(
    said: str | None, awaited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpsearch.executors.cluster import Cluster
    from hpsearch.executors.srun.executor import SrunExecutor

    monkeypatch.delenv("SLURM_NTASKS", raising=False)
    if said is not None:
        monkeypatch.setenv("SLURM_NTASKS", said)
    assert SrunExecutor(64, (), Cluster()).awaited == awaited
