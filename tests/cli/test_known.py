"""What was told of a run before is told again, to the byte, and never of files that have changed since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.actions import known
from hpsearch.actions.known import Known
from hpsearch.core import plugins
from hpsearch.engine.run import Run
from hpsearch.reporting.summary import BEST, summary_of
from hpsearch.runs import RunFolder
from hpsearch.storage import kept
from tests import commands
from tests.cli.conftest import SMALL, Hpsearch
from tests.commands import Ended
from tests.versions.cases import BEFORE

RUNS = sorted(path.parent for path in BEFORE.glob("runs/*/journal.jsonl"))
WAYS: tuple[list[str], ...] = (
    [],
    ["--top", "0", "--format", "text"],
    ["--json"],
    ["--format", "csv", "--wide"],
    ["--format", "markdown", "--columns", "epochs"],
)
#: Ways to end that say more than a score: no number beside the metric, no metric, stopped for good, and a mean.
VARIED = """\
import math
def train(x, hidden, kind, seed, epochs):
    if x < 0.2:
        raise ValueError("too small")
    loss = math.inf if x < 0.5 else x
    return {"acc": math.nan if x > 0.9 else x * epochs, "val_loss": loss, "count": 3}
"""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Everything is long enough to be kept, in a cache of the test's own."""
    monkeypatch.setattr(known, "LEAST", 1)
    monkeypatch.setattr(plugins, "used", set())  # in this process other tests may have used some
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hpsearch" / "kept"


def told(folder: Path, *args: str) -> tuple[int, str, str]:
    ended: Ended = commands.here(folder, *args)
    return ended.returncode, ended.stdout, ended.stderr


def unread() -> mock._patch[mock.Mock]:
    """Whoever reads a record here has failed the test."""
    return mock.patch.object(Run, "read", side_effect=AssertionError("the record is read"))


def forgotten() -> mock._patch[mock.Mock]:
    """Nothing is known."""
    return mock.patch.object(kept, "recall", return_value=None)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunFolder, bytes]]:
    """A run that is known, and its journal; every search of the module shares it."""
    place = tmp_path_factory.mktemp("recorded")
    (place / "config.yaml").write_text(SMALL)
    commands.here(place, "run", "config.yaml", "--executor", "serial")
    folder = RunFolder(place / "runs" / "small")
    yield folder, folder.journal.read_bytes()


@pytest.fixture
def small(recorded: tuple[RunFolder, bytes], tmp_path: Path) -> Path:
    """A folder with a copy of that run, of which nothing is known."""
    folder, whole = recorded
    shutil.copytree(folder.path, tmp_path / "runs" / "small")
    (tmp_path / "runs" / "small" / "journal.jsonl").write_bytes(whole)
    return tmp_path


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_what_is_told_again_is_what_was_told(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "runs" / run.name)
    found = Run.read(RunFolder(run))
    kept = bool(found.ranked) and len(found.spec.search.metrics) == 1
    told(tmp_path, "show", run.name)
    for way in WAYS:
        again = told(tmp_path, "show", run.name, *way)
        with forgotten():
            assert told(tmp_path, "show", run.name, *way) == again
        if kept:
            with unread():
                assert told(tmp_path, "show", run.name, *way) == again
    again = told(tmp_path, "list")
    with forgotten():
        assert told(tmp_path, "list") == again


def test_a_search_that_ends_leaves_what_show_reads(folder: Path, hpsearch: Hpsearch, cache: Path) -> None:
    """Also one that learns from another, and one whose code was edited before it went on."""
    (folder / "train.py").write_text(VARIED)
    (folder / "varied.yaml").write_text(
        "name: varied\nobjective: {kind: python, function: train.py:train}\n"
        "space: {x: {scale: linear, low: 0, high: 1}, hidden: {choices: [[8, 4], [16]]},\n"
        "  kind: {choices: [null, 1, 0.5]}}\n"
        "search: {trials: 24, metric: acc, confirm: {top: 2, seeds: 2}, halving: {min_epochs: 1}}\n"
    )
    searches = (
        (("run", "config.yaml"), "small"),
        (("refine", "small", "--trials", "8"), "small-refined"),
        (("run", "varied.yaml"), "varied"),
        (("resume", "varied", "--trials", "28"), "varied"),
    )
    for args, name in searches:
        if args[0] == "resume":
            (folder / "train.py").write_text(f"{VARIED}\n# edited\n")
        assert hpsearch(*args).returncode == 0
        with unread():
            again = [told(folder, "show", name, *way) for way in WAYS]
            told(folder, "list")
        assert len(list(cache.iterdir())) == 1
        with forgotten():
            assert [told(folder, "show", name, *way) for way in WAYS] == again
        shutil.rmtree(cache)


def test_more_than_a_summary_holds_is_read(small: Path) -> None:
    told(small, "show", "small")
    for args in (["--top", str(BEST + 1)], ["--trial", "0"], ["--by", "lr"], ["--fail-under", "0.1"]):
        with unread():
            assert "the record is read" in told(small, "show", "small", *args)[2]


def test_a_run_that_is_called_otherwise_or_gone_on_with_is_told_anew(small: Path) -> None:
    told(small, "show", "small", "--json")
    (small / "runs").rename(small / "elsewhere")
    args = ("show", "small", "--runs-dir", "elsewhere", "--json")
    again = json.loads(told(small, *args)[1])
    assert again["run"] == "elsewhere/small"
    told(small, "resume", *args[1:], "--trials", "16", "--executor", "serial")
    assert json.loads(told(small, *args)[1])["trials"] == 16
    config = small / "elsewhere" / "small" / "config.yaml"
    config.write_text(config.read_text().replace("metric: val_acc", "metric: val_loss"))
    assert json.loads(told(small, *args)[1])["metric"] == "val_loss"


def test_a_damaged_record_is_named_as_ever(small: Path) -> None:
    told(small, "show", "small")
    journal = small / "runs" / "small" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4].replace(b"1", b"2", 1)
    journal.write_bytes(b"".join(lines))
    status, _, err = told(small, "show", "small")
    assert status == 3
    assert "journal.jsonl:5: this record is damaged" in err
    assert "journal.jsonl:5" in told(small, "list")[1]


def remembered(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.path.parent)
    run = Run.read(folder)
    known.keep_told(run)
    assert Known(folder).recalled()


@given(data=st.data())
def test_of_a_record_that_has_grown_was_cut_or_edited_nothing_is_known(
    recorded: tuple[RunFolder, bytes], data: st.DataObject
) -> None:
    folder, whole = recorded
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known, "LEAST", 1)
        patch.setenv("XDG_CACHE_HOME", str(folder.path.parent))
        folder.journal.write_bytes(whole)
        if not Known(folder).recalled():
            remembered(folder, patch)
        place = data.draw(st.integers(0, len(whole) - 1))
        changed = data.draw(
            st.sampled_from(
                (
                    whole + whole[place:],
                    whole[:place],
                    whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
                    whole[place:] + whole[:place],
                    whole,
                )
            )
        )
        folder.journal.write_bytes(changed)
        assert (Known(folder).recalled() is not None) == (changed == whole)


def test_nothing_is_kept_of_a_record_that_grows_while_it_is_read(
    recorded: tuple[RunFolder, bytes], cache: Path
) -> None:
    folder, whole = recorded
    folder.journal.write_bytes(whole)
    before = Known(folder)
    run = Run.read(folder)
    folder.journal.write_bytes(whole + whole.splitlines(keepends=True)[-1])
    before.keep(run, summary_of(run, ()))
    assert not cache.exists()


def test_what_is_whole_and_no_summary_is_passed_over(recorded: tuple[RunFolder, bytes]) -> None:
    folder, whole = recorded
    folder.journal.write_bytes(whole)
    for content in (b"", b"\xc1", b"\x80", b"\x91" * 5000, b'{"best": 1}'):
        kept.keep(known._key(folder), content)
        assert Known(folder).recalled() is None


def test_a_short_record_is_not_kept(
    recorded: tuple[RunFolder, bytes], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    folder, whole = recorded
    folder.journal.write_bytes(whole)
    monkeypatch.setattr(known, "LEAST", len(whole) + 1)
    known.keep_told(Run.read(folder))
    assert not cache.exists()
    monkeypatch.setattr(known, "LEAST", len(whole))
    known.keep_told(Run.read(folder))
    assert cache.exists()


def test_what_a_plug_in_has_a_part_in_is_not_kept(
    recorded: tuple[RunFolder, bytes], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    folder, whole = recorded
    folder.journal.write_bytes(whole)
    run = Run.read(folder)
    monkeypatch.setattr(plugins, "used", {"a plug-in"})
    known.keep_told(run)
    assert not cache.exists()


def test_another_program_tells_it_anew(
    recorded: tuple[RunFolder, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, whole = recorded
    folder.journal.write_bytes(whole)
    remembered(folder, monkeypatch)
    monkeypatch.setattr(known, "_program", lambda: "a later one")
    assert Known(folder).recalled() is None
