"""Run folders that somebody else, or another machine, has made: nothing of theirs is run unasked."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from hpsearch.actions import opening, sessions
from hpsearch.runs import RunFolder
from hpsearch.runs.journal import encode
from tests import commands

FUNCTION = """\
objective: {kind: python, function: "f.py:f"}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 4, metric: score, goal: maximize}
dispatch: {executor: serial}
"""
COMMAND = """\
objective: {kind: command, command: [sh, run.sh, "{x}"], env: {WORD: two words}}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 4, metric: score, goal: maximize}
dispatch: {executor: serial}
"""
WAYS = [("resume", "c", "--trials", "5"), ("reproduce", "c", "0"), ("refine", "c", "--trials", "2")]


def call(place: Path, *args: str, status: int = 0) -> str:
    ended = commands.here(place, *args)
    assert ended.returncode == status, ended.stderr
    return ended.stdout + ended.stderr


def elsewhere(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """From here on it is another user, or another machine."""
    monkeypatch.setenv("XDG_STATE_HOME", str(place.parent / "elsewhere"))


def tell_tale(place: Path) -> None:
    """Change the code, so that it is seen where it is run."""
    (place / "f.py").write_text("open('ran', 'w').close()\ndef f(x): return -((x - 0.4) ** 2)\n")
    (place / "run.sh").write_text('touch ran; echo "score=$1"\n')


@pytest.fixture(params=[FUNCTION, COMMAND], ids=["function", "command"])
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "here"))
    place = tmp_path / "project"
    place.mkdir()
    (place / "f.py").write_text("def f(x): return -((x - 0.4) ** 2)\n")
    (place / "run.sh").write_text('echo "score=$1"\n')
    (place / "c.yaml").write_text(request.param)
    call(place, "run", "c.yaml", "--quiet")
    return place


@pytest.mark.parametrize("args", WAYS, ids=lambda args: args[0])
def test_one_s_own_goes_on_wherever_it_is_moved(project: Path, args: tuple[str, ...]) -> None:
    assert "--trust" not in call(project.rename(project.with_name("moved")), *args)


@pytest.mark.parametrize("args", WAYS, ids=lambda args: args[0])
def test_that_of_others_runs_where_it_is_trusted(
    project: Path, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch, project)
    tell_tale(project)
    told = call(project, *args, status=2)
    runs = "f.py:f" if "python" in (project / "c.yaml").read_text() else "WORD='two words' sh run.sh '{x}'"
    assert f"runs/c runs `{runs}` in {project}" in told and "--trust" in told
    assert not (project / "ran").exists() and not (project / "runs/c-refined").exists()
    assert "which is trusted" in call(project, *args, "--trust")
    assert (project / "ran").exists()


def test_what_was_resumed_on_trust_is_one_s_own_from_then_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch, project)
    call(project, "resume", "c", "--trials", "5", "--trust")
    assert "--trust" not in call(project, "resume", "c", "--trials", "6")
    monkeypatch.setenv("XDG_STATE_HOME", str(project.parent / "here"))
    assert "--trust" not in call(project, "reproduce", "c", "5")


def test_nothing_else_runs_anything(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere(monkeypatch, project)
    tell_tale(project)
    (project / "one.html").touch()
    for args in (
        ("show", "c"),
        ("show", "c", "--trial", "0"),
        ("list",),
        ("log", "c", "0"),
        ("export", "c", "--to", "json", "-o", "c.json"),
        ("report", "c", "-o", "one.html", "--overwrite"),
        ("compare", "c", "c"),
        ("refine", "c", "--dry-run"),
        ("stop", "c", "0"),
    ):
        commands.here(project, *args)
        assert not (project / "ran").exists(), args


def test_a_mark_is_of_what_is_run(project: Path) -> None:
    """Who may write to a run folder cannot have other code run on its user's mark."""
    config = project / "runs/c/config.yaml"
    text = config.read_text()
    for old, new in (("f.py:f", "other.py:f"), ("run.sh", "other.sh")):
        text = text.replace(old, new)
    config.write_text(text)
    (project / "other.py").write_text("def f(x): return x\n")
    (project / "other.sh").write_text("echo score=1\n")
    for args in WAYS:
        assert "was made elsewhere" in call(project, *args, status=2)


def test_a_mark_is_of_where_it_runs(project: Path) -> None:
    """Who may write to a run folder cannot have files of it run in place of the user's."""
    config = project / "runs/c/config.yaml"
    theirs = project / "runs/c/trials/0"
    theirs.mkdir(parents=True, exist_ok=True)
    tell_tale(theirs)
    config.write_text(config.read_text().replace("dir: ../..\n", "dir: trials/0\n"))
    for args in WAYS:
        assert f"in {theirs}, and was made elsewhere" in call(project, *args, status=2)
    assert not (theirs / "ran").exists()


@pytest.mark.parametrize("moment", ["before the session", "after the session", "after both"])
def test_one_s_own_stays_that_where_a_change_is_interrupted(
    project: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    resume = ("resume", "c", "--trials", "5")
    with monkeypatch.context() as interrupted:
        place, name = {
            "before the session": (sessions, "begin"),
            "after the session": (RunFolder, "write"),
            "after both": (opening, "store"),
        }[moment]
        interrupted.setattr(place, name, interrupt)
        call(project, *resume, "--set", "objective.timeout=9m", status=130)
    assert "--trust" not in call(project, *resume)


def test_one_that_ended_with_its_first_record_says_how_to_go_on(project: Path) -> None:
    journal = project / "runs/c/journal.jsonl"
    whole = journal.read_bytes()
    head = whole.index(b"\n") + 1
    tell_tale(project)
    for kept in (0, head // 2, head, head + 40):
        journal.write_bytes(whole[:kept])
        told = call(project, "resume", "c", status=2)
        assert "hpsearch run FILE --resume" in told and "made elsewhere" not in told
        assert not (project / "ran").exists()
    call(project, "run", "c.yaml", "--resume")
    assert (project / "ran").exists()
    assert "--trust" not in call(project, "resume", "c")


def test_a_mark_that_was_made_up_is_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere(monkeypatch, project)
    journal = project / "runs/c/journal.jsonl"
    head, session, *rest = journal.read_bytes().splitlines(keepends=True)
    record = {name: value for name, value in json.loads(session).items() if name != "crc"}
    for made_up in ("", "0" * 32, "é"):
        journal.write_bytes(b"".join([head, encode({**record, "mark": made_up}), *rest]))
        assert "was made elsewhere" in call(project, "resume", "c", "--trials", "5", status=2)


def test_a_new_run_folder_is_its_user_s_alone(project: Path) -> None:
    assert stat.S_IMODE((project / "runs/c").stat().st_mode) == 0o700
    assert stat.S_IMODE((project / "runs").stat().st_mode) != 0o700


def test_a_network_file_system_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hpsearch.storage import mounts

    table = project / "mountinfo"
    table.write_text("22 1 8:1 / / rw - nfs4 server:/ rw\n")
    monkeypatch.setattr(mounts, "_MOUNTS", table)
    assert "is on a network file system (nfs4)" in call(project, "resume", "c", "--trials", "5")
