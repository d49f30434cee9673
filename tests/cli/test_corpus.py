"""Every case of the corpus, as a process: its exit status, what it is told, what it costs and leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.corpus.cases import CASES
from tests.corpus.running import MOST_KILOBYTES, MOST_SECONDS, NEVER, UNSAFE, Outcome, run

Outcomes = Callable[[str], Outcome]


@pytest.fixture(scope="module")
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    """How the case of a name ended. Those that are collected run side by side, as many as there are cores."""
    specs = (getattr(item, "callspec", None) for item in request.session.items)
    chosen = {spec.params["name"] for spec in specs if spec and spec.params.get("name") in CASES}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures: dict[str, Future[Outcome]] = {
            name: pool.submit(run, CASES[name], tmp_path_factory.mktemp("case"))
            for name in CASES
            if name in chosen
        }
        yield lambda name: futures[name].result()


@pytest.mark.parametrize("name", CASES)
def test_input_is_refused_or_accepted_in_words(name: str, outcome: Outcomes) -> None:
    case, ended = CASES[name], outcome(name)
    told = ended.err if case.status else ended.out + ended.err
    assert ended.status == case.status, told
    for words in case.says:
        assert words in told
    for words in (*NEVER, *case.never):
        assert words not in ended.out + ended.err
    assert not UNSAFE.search(ended.err)
    assert not UNSAFE.search(ended.out)
    if case.status == 2:
        assert ended.out == ""
    assert ended.outside == ()
    assert set(ended.left) <= set(case.writes)
    assert ended.seconds < MOST_SECONDS
    assert ended.kilobytes < MOST_KILOBYTES


def test_the_corpus_is_large_and_has_controls() -> None:
    accepted = [name for name, case in CASES.items() if case.status == 0]
    assert len(CASES) >= 300
    assert len(accepted) >= 50
