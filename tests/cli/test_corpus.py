"""Every case of the corpus: its exit status, what it is told, what it costs and leaves behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.corpus.cases import CASES
from tests.corpus.running import MOST_KILOBYTES, MOST_SECONDS, NEVER, UNSAFE, run, slowness


@pytest.mark.parametrize("name", CASES)
def test_input_is_refused_or_accepted_in_words(name: str) -> None:
    case = CASES[name]
    with (
        tempfile.TemporaryDirectory() as place
    ):  # short: messages cut long paths, and some cases look at their ends
        ended = run(case, Path(place))
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
    assert ended.seconds < MOST_SECONDS or ended.seconds < MOST_SECONDS * slowness()
    assert ended.kilobytes < MOST_KILOBYTES


def test_the_corpus_is_large_and_has_controls() -> None:
    accepted = [name for name, case in CASES.items() if case.status == 0]
    assert len(CASES) >= 300
    assert len(accepted) >= 50
