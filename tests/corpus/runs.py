"""Run folders and journals: missing, damaged, linked elsewhere, and made by somebody who means harm."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hpsearch.runs.journal import decode, encode
from tests.corpus import making
from tests.corpus.case import Case, Content
from tests.corpus.making import PICKLE, npy, zipped

_SHOW = ("show", "small")
_AGAIN = ("resume", "small", "--executor", "serial", "--trials", "24", "-q")
_LOG = "name: own\nobjective: {kind: command, command: [sh, -c, 'echo score: {x}; touch $HPSEARCH_CHECKPOINT/kept']}\n"
_LOG += "space: {x: {choices: [1, 2]}}\nsearch: {sampler: grid, trials: 2, round_size: 2}\ndispatch: {executor: serial}\n"
_HARM = "<img src=x onerror=alert(1)>"


def _folder(change: Callable[[Path], object]) -> Callable[[Path], None]:
    """The finished run, changed."""

    def make(path: Path) -> None:
        making.run_copy(path)
        change(path)

    return make


def _run(
    change: Callable[[Path], object],
    *says: str,
    args: tuple[str, ...] = _SHOW,
    status: int = 3,
    writes: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
) -> Case:
    files: dict[str, Content] = {"runs/small": _folder(change)}
    return Case(says, args, files, status=status, writes=writes, never=never)


def _journal(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Path], None]:
    """Rewrite the journal with true checksums."""

    def make(path: Path) -> None:
        file = path / "journal.jsonl"
        records = [decode(line) for line in file.read_bytes().splitlines()]
        change(records)
        file.write_bytes(b"".join(map(encode, records)))

    return make


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        file = path / "journal.jsonl"
        file.write_bytes(change(file.read_bytes()))

    return make


def _config(old: str, new: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        file = path / "config.yaml"
        text = file.read_text()
        assert old in text, text
        file.write_text(text.replace(old, new, 1))

    return make


def _replaced(name: str, make: Callable[[Path], object]) -> Callable[[Path], None]:
    """A file of the run replaced by whatever `make` makes."""

    def change(path: Path) -> None:
        (path / name).unlink(missing_ok=True)
        make(path / name)

    return change


def _linked(name: str) -> Callable[[Path], None]:
    """A file of the run replaced by a link to a file elsewhere."""
    return _replaced(
        name, lambda path: path.symlink_to(path.parents[2].resolve().parent / "outside/precious")
    )


def _results(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["kind"] == "result"]


def _failed(records: Sequence[dict[str, Any]]) -> None:
    for result in _results(records):
        result.update(status="failed", reason="\x1b]0;owned\x07\r\u202e")


def _jobs(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        job for record in records if record["kind"] == "round" for job in record["jobs"] if "config" in job
    ]


def _states(content: bytes) -> Callable[[Path], None]:
    """Every saved state replaced by `content`, and one trial more to go."""

    def change(path: Path) -> None:
        for state in (path / "checkpoints").glob("trial*.npz"):
            state.write_bytes(content)

    return change


def _fifos(path: Path) -> None:
    for state in (path / "checkpoints").glob("trial*.npz"):
        state.unlink()
        os.mkfifo(state)


def _elsewhere(path: Path) -> Path:
    """The folder that must stay as it is, seen from a run's."""
    return path.resolve().parents[2] / "outside"


def _link_folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    real = path.parent.parent / "real"
    making.run_copy(real)
    path.symlink_to(real)


def _link_checkpoint(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(path.resolve().parents[4] / "outside")


CASES: dict[str, Case] = {
    "no such run": Case(("no run 'none'", "recorded there: none"), ("show", "none"), status=3),
    "a misspelt run": _run(lambda _: None, "no run 'smal'", "recorded there: small", args=("show", "smal")),
    "a run with a path": Case(("no run '../../etc'",), ("show", "../../etc"), status=3),
    "a run with terminal codes": Case(("no run", "\\x1b[31m"), ("show", "\x1b[31m"), status=3),
    "a run of two lines": Case(("no run 'a\\nb'",), ("show", "a\nb"), status=3),
    "a run of 5000 letters": Case(("no run 'xxx",), ("show", "x" * 5000), status=3),
    "an empty name": Case(("no run ''",), ("show", ""), status=3),
    "a run that is recorded already": _run(
        lambda _: None, "runs/small", "--resume", "--overwrite", args=("run", "config.yaml")
    ),
    # -- the journal
    "an empty journal": _run(_bytes(lambda _: b""), "first record is missing"),
    "a journal of nothing but a torn line": _run(_bytes(lambda text: text[:50]), "first record is missing"),
    "a journal damaged in the middle": _run(
        _bytes(lambda text: text.replace(b'"epochs":1', b'"epochs":2', 1)),
        "journal.jsonl:2",
        "damaged",
        "--overwrite",
    ),
    "a journal with a line left out": _run(
        _bytes(lambda text: b"".join(text.splitlines(keepends=True)[i] for i in (0, *range(2, 9)))),
        "journal.jsonl",
        "no round has the trial",
    ),
    "a journal of another program": _run(_bytes(lambda _: b'{"event": 1}\n'), "journal.jsonl:1", "damaged"),
    "a journal of a later format": _run(
        _journal(lambda records: records[0].update(format=99)), "journal format 99", "reads format 1"
    ),
    "a journal of pickles": _run(_bytes(lambda _: PICKLE + b"\n"), "journal.jsonl:1", "damaged"),
    "a journal that nests": _run(
        _bytes(lambda text: text + _line(b'{"kind":"result","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")),
        "journal.jsonl:",
        "damaged",
    ),
    "a journal with a number of 5000 digits": _run(
        _bytes(lambda text: text + _line(b'{"kind":"result","trial":' + b"9" * 5000 + b"}")),
        "journal.jsonl:",
        "damaged",
    ),
    "a journal with a record that is a list": _run(
        _bytes(lambda text: text + _line(b"[1,2]")), "journal.jsonl:", "damaged"
    ),
    "a journal without a kind": _run(
        _journal(lambda records: records.append({"x": 1})), "does not fit the others"
    ),
    "a journal with a result of no trial": _run(
        _journal(lambda records: records.append({**_results(records)[0], "trial": 99})),
        "does not fit",
        args=_AGAIN,
    ),
    "a journal with a trial below 0": _run(
        _journal(lambda records: _jobs(records)[0].update(trial=-1)), "does not fit the others"
    ),
    "a journal with a trial of words": _run(
        _journal(lambda records: _results(records)[0].update(trial={"a": 1})), "does not fit the others"
    ),
    "a journal with epochs of words": _run(
        _journal(lambda records: _results(records)[0].update(epochs="many")), "does not fit the others"
    ),
    "a journal with an unknown status": _run(
        _journal(lambda records: _results(records)[0].update(status="won")), "does not fit the others"
    ),
    "a journal without the metric": _run(
        _journal(lambda records: _results(records)[0].update(metrics={})),
        "has no metric 'val_acc'",
        "config.yaml",
    ),
    "a journal with a metric of words": _run(
        _journal(lambda records: _results(records)[0].update(metrics={"val_acc": "best"})),
        "does not fit the others",
    ),
    "a journal with a configuration of lists": _run(
        _journal(lambda records: _jobs(records)[0].update(config=[1, 2])), "does not fit the others"
    ),
    "a journal with a lr of lists": _run(
        _journal(lambda records: _jobs(records)[0]["config"].update(lr=[1, 2])), "does not fit the others"
    ),
    "a journal with a lr of nothing": _run(
        _journal(lambda records: _jobs(records)[0]["config"].update(lr=None)), "does not fit the others"
    ),
    "a journal with a choice there is not": _run(
        _journal(lambda records: _jobs(records)[0]["config"].update(activation="zzz")),
        "a trial that is not of this space",
        "'zzz' is not among the choices",
        args=_AGAIN,
        writes=("runs",),
    ),
    "a journal with a lr of words to go on from": _run(
        _journal(lambda records: _jobs(records)[0]["config"].update(lr="fast")),
        "a trial that is not of this space",
        args=_AGAIN,
        writes=("runs",),
    ),
    "a journal with a job of a trillion epochs": _run(
        _journal(
            lambda records: records.append(
                {"kind": "round", "round": 99, "jobs": [{"trial": 0, "epochs": 10**12, "start": 4}]}
            )
        ),
        "asks for more epochs than objective.epochs",
        args=_AGAIN,
    ),
    "a journal with a trial that nobody asked for": _run(
        _journal(
            lambda records: records.append(
                {
                    "kind": "round",
                    "round": 99,
                    "jobs": [
                        {
                            "trial": 10**9,
                            "epochs": 1,
                            "seed": 1,
                            "config": {"lr": 0.1, "momentum": 0.9, "activation": "relu"},
                        }
                    ],
                }
            )
        ),
        "does not fit",
        args=_AGAIN,
    ),
    "a journal with terminal codes": _run(
        _journal(_failed),
        "\\x1b]0;owned\\x07\\r\\u202e",
        status=0,
    ),
    "a journal that is a folder": _run(_replaced("journal.jsonl", Path.mkdir), "no run 'small'"),
    "a journal that is a FIFO": Case(
        ("runs/small/journal.jsonl", "device or pipe"),
        ("run", "config.yaml"),
        {"runs/small/journal.jsonl": os.mkfifo},
        status=3,
        writes=("runs",),
    ),
    # -- links
    "a run folder that is a link": Case(
        ("runs/small", "symbolic link"), _SHOW, {"runs/small": _link_folder}, status=3
    ),
    "a run folder that links elsewhere": Case(
        ("runs/small", "symbolic link"),
        ("run", "config.yaml"),
        {"runs/small": lambda path: path.symlink_to(_elsewhere(path))},
        status=3,
    ),
    "checkpoints that link elsewhere": Case(
        ("runs/small/checkpoints", "symbolic link"),
        ("run", "config.yaml"),
        {"runs/small/checkpoints": lambda path: path.symlink_to(path.resolve().parents[3] / "outside")},
        status=3,
    ),
    "a journal that links elsewhere": _run(
        _linked("journal.jsonl"), "journal.jsonl", "symbolic link", args=_AGAIN
    ),
    "a results.csv that links elsewhere": _run(
        _linked("results.csv"), "results.csv", "symbolic link", args=_AGAIN
    ),
    "a best.yaml that links elsewhere": _run(_linked("best.yaml"), "best.yaml", "symbolic link", args=_AGAIN),
    "a lock that links elsewhere": _run(_linked(".lock"), ".lock", "symbolic link", args=_AGAIN),
    "a config.yaml that links elsewhere": _run(_linked("config.yaml"), "config.yaml", "symbolic link"),
    "unfinished files that link elsewhere": _run(
        _linked(".results.csv.tmp"),
        "15",
        args=("resume", "small", "--executor", "serial", "--trials", "15"),
        status=0,
        writes=("runs",),
    ),
    "states that link elsewhere": _run(
        _linked("checkpoints/data.bin"), args=_AGAIN, status=0, writes=("runs",)
    ),
    "a trial's folder that links elsewhere": Case(
        ("Best-1(score:2)",),
        ("run", "config.yaml"),
        {
            "config.yaml": _LOG,
            "runs/own/checkpoints/trial0": _link_checkpoint,
            "runs/own/checkpoints/trial1": _link_checkpoint,
        },
        status=0,
        writes=("runs",),
    ),
    "a clearing that follows no link": _run(
        _linked("checkpoints/trial99.npz"),
        "Best-1",
        args=("run", "config.yaml", "--overwrite", "--executor", "serial"),
        status=0,
        writes=("runs",),
    ),
    # -- a folder of somebody who means harm
    "states that are pickles": _run(_states(PICKLE), args=_AGAIN, status=0, writes=("runs",)),
    "a pickle in place of the best model": _run(
        _states(PICKLE), "test acc", args=("evaluate", "small"), status=0, writes=("runs",)
    ),
    "states that lie": _run(
        _states(
            zipped(
                {
                    name + ".npy": npy("(1000000, 1000000)")
                    for name in ("parameters", "diverged", "epoch", "steps", "slot_v")
                }
            )
        ),
        args=_AGAIN,
        status=0,
        writes=("runs",),
    ),
    "states that are FIFOs": _run(_fifos, args=_AGAIN, status=0, writes=("runs",)),
    "states of which one is gone on from": _run(
        _states(PICKLE),
        "--from small:0",
        "its state is not kept; training it again",
        args=("train", "config.yaml", "--from", "small:0"),
        status=0,
    ),
    "a config.yaml that is not there": _run(
        lambda path: (path / "config.yaml").unlink(), "config.yaml", "no such file", status=2
    ),
    "a config.yaml that is a FIFO": _run(
        _replaced("config.yaml", os.mkfifo), "config.yaml", "device or pipe", status=2
    ),
    "a config.yaml of another search": _run(
        _config("lr:", "weight_decay:"), "config.yaml", args=_AGAIN, status=2
    ),
    "a config.yaml of another metric": _run(
        _config("metric: val_acc", "metric: val_r2"), "config.yaml", "val_r2", status=2
    ),
    "a config.yaml that names another folder": _run(
        _config("name: small", "name: ../../outside"), "config.yaml:1: name", status=2
    ),
    "a config.yaml that runs a program": _run(
        lambda path: (path / "config.yaml").write_text(_LOG.replace("echo score", "touch pwned; echo score")),
        "was made elsewhere",
        "touch pwned",
        args=_AGAIN,
        status=2,
    ),
    "a config.yaml that runs a program, trusted": _run(
        lambda path: (path / "config.yaml").write_text(_LOG.replace("echo score", "touch pwned; echo score")),
        "config.yaml",
        "was changed since the search began",
        args=(*_AGAIN, "--trust"),
        status=2,
    ),
    "a config.yaml of which nothing is run": _run(
        lambda path: (path / "config.yaml").write_text(_LOG.replace("echo score", "touch pwned; echo score")),
        "was made elsewhere",
        args=("reproduce", "small", "0"),
        status=2,
    ),
    "another place for the data": _run(
        _config("source: digits", "source: ../../../secret.npz"),
        "config.yaml",
        args=("evaluate", "small"),
        status=2,
    ),
    # -- what writes tables
    "fine: HTML in a table of Markdown": Case(
        ("| &lt;img src=x onerror=alert(1)&gt;", "\\|", "\\`"),
        ("show", "own", "--format", "markdown"),
        {"runs/own": lambda path: _own_run(path, [_HARM, "a|b`c`[x](javascript:alert(1))"])},
        status=0,
        never=("<img", "[x]("),
    ),
    "fine: formulas and lines in a table of CSV": Case(
        (",=1+cmd|' /C calc'!A0\n", '"a\nb,""c"""'),
        ("show", "own", "--format", "csv"),
        {"runs/own": lambda path: _own_run(path, ["=1+cmd|' /C calc'!A0", 'a\nb,"c"'])},
        status=0,
    ),
    "fine: lines and codes in JSON": Case(
        ('"\\u001b[31m\\u009b"', '"a\\nb"'),
        ("show", "own", "--json"),
        {"runs/own": lambda path: _own_run(path, ["\x1b[31m\x9b", "a\nb"])},
        status=0,
    ),
    "fine: lines and codes in a table": Case(
        ("\\x1b[31m\\x9b", "a\\nb"),
        ("show", "own", "--format", "table"),
        {"runs/own": lambda path: _own_run(path, ["\x1b[31m\x9b", "a\nb"])},
        status=0,
    ),
    "fine: lines and codes in the ranking": Case(
        ("x:\\x1b[31m\\x9b", "x:a\\nb"),
        ("show", "own", "--format", "text"),
        {"runs/own": lambda path: _own_run(path, ["\x1b[31m\x9b", "a\nb"])},
        status=0,
    ),
    "fine: a run by its path": _run(lambda _: None, "rank", args=("show", "runs/small"), status=0),
}


def _line(body: bytes) -> bytes:
    import zlib

    return b'{"crc":"%08x",%s\n' % (zlib.crc32(body), body[1:])


def _own_run(path: Path, choices: list[str]) -> None:
    """A finished run of a command, with these choices."""
    path.mkdir(parents=True)
    config = {
        "name": "own",
        "objective": {"kind": "command", "command": ["echo", "score: 1"]},
        "space": {"x": {"choices": choices}},
        "search": {"sampler": "grid", "trials": len(choices)},
    }
    (path / "config.yaml").write_text(json.dumps(config))
    jobs = [{"trial": i, "epochs": 1, "seed": i, "config": {"x": choice}} for i, choice in enumerate(choices)]
    results = [
        {"kind": "result", "trial": i, "epochs": 1, "status": "done", "metrics": {"score": i}, "seconds": 0}
        for i in range(len(choices))
    ]
    head = {"kind": "run", "format": 1, "version": "0", "spec": "", "data": "", "rows": 0}
    records = [head, {"kind": "round", "round": 0, "jobs": jobs}, *results]
    (path / "journal.jsonl").write_bytes(b"".join(map(encode, records)))
