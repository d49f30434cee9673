"""The command line: commands, options and their values."""

from __future__ import annotations

from tests.corpus import making
from tests.corpus.case import GOOD, Case, apart

_RUN = ("run", "config.yaml")


def _call(*args: str, says: tuple[str, ...], status: int = 2, writes: tuple[str, ...] = ()) -> Case:
    return Case(says, args, status=status, writes=writes)


CASES: dict[str, Case] = {
    "an unknown command": _call("rum", "config.yaml", says=("No such command 'rum'",)),
    "an unknown option": _call(*_RUN, "--wrokers", "2", says=("--wrokers", "--workers")),
    "an option without its value": _call(*_RUN, "--trials", says=("--trials", "requires an argument")),
    "no configuration": _call("run", says=("CONFIG",)),
    "two configurations": _call(*_RUN, "other.yaml", says=("other.yaml",)),
    "no such file": _call("run", "none.yaml", says=("none.yaml", "no such file")),
    "a file of another ending": _call("run", "config.yml", says=("did you mean 'config.yaml'?",)),
    "failures that are none": _call(*_RUN, "--max-failures", "0", says=("(got 0); 1 gives up", "off never")),
    "a format that is none": _call(
        "show", "x", "--format", "tabel", says=("(got 'tabel'); did you mean 'table'?",)
    ),
    "a folder": _call("run", ".", says=("is a folder",)),
    "a file of terminal codes": _call("run", "\x1b[31m.yaml", says=("\\x1b[31m.yaml", "no such file")),
    "a file of 5000 letters": _call("run", "x" * 5000, says=("too long",)),
    "a file in no folder": _call("run", "none/config.yaml", says=("none/config.yaml", "no such file")),
    "a file below a file": _call(
        "run", "config.yaml/config.yaml", says=("config.yaml/config.yaml", "cannot be read")
    ),
    "no workers": _call(*_RUN, "--workers", "0", says=("--workers 0", "from 1 to 1024 (got 0)")),
    "half a worker": _call(*_RUN, "--workers", "1.5", says=("--workers 1.5", "(got 1.5)")),
    "an unknown executor": _call(
        *_RUN, "--executor", "lokal", says=("--executor lokal", "did you mean 'local'?")
    ),
    "no trials": _call(*_RUN, "--trials", "0", says=("--trials 0", "(got 0)")),
    "trials of many digits": _call(*_RUN, "--trials", "9" * 5000, says=("--trials 999", "too large")),
    "a time that is none": _call(*_RUN, "--time-limit", "soon", says=("--time-limit soon", "30s, 10m")),
    "a seed that is none": _call(*_RUN, "--seed", "x", says=("--seed x", "whole number")),
    "a bar that is no number": _call(*_RUN, "--fail-under", "nan", says=("--fail-under nan",)),
    "a bar of words": _call(
        *_RUN, "--fail-under", "good", says=("--fail-under", "must be a number", "(got 'good')")
    ),
    "a contradiction": _call(*_RUN, "--resume", "--overwrite", says=("give one of them",)),
    "a set of an unknown key": _call(
        *_RUN, "--set", "search.trails=3", says=("--set search.trails=3", "did you mean 'trials'?")
    ),
    "a set of a bare word": _call(*_RUN, "--set", "lr", says=("--set lr", "key=value")),
    "a set of nothing": _call(*_RUN, "--set", "=", says=("--set =", "key=value")),
    "a set of a tag": _call(*_RUN, "--set", "name=!!python/name:os.system", says=("tags are not allowed",)),
    "a set of a bomb": _call(*_RUN, "--set", "name=[&a [x], *a]", says=("--set", "anchors")),
    "a set that nests": _call(*_RUN, "--set", "name=" + "[" * 10_000, says=("deeper than 32",)),
    "a set of a deep key": _call(*_RUN, "--set", ".".join("a" * 10_000) + "=1", says=("deeper than 32",)),
    "a set of two lines": _call(*_RUN, "--set", "name=a\nb", says=("--set name=a\\nb", "name")),
    "a set of terminal codes": _call(*_RUN, "--set", "\x1b[31m=1", says=("\\x1b[31m",)),
    "a set below a value": _call(*_RUN, "--set", "name.x=1", says=("name", "single value")),
    "a set of an entry there is not": _call(
        *_RUN, "--set", "objective.hidden.9=1", says=("hidden", "counted from 0")
    ),
    "a set of an exponent too far": _call(
        *_RUN, "--set", "space.lr.high=1e999999", says=("space.lr.high", "too large")
    ),
    "a file for the runs": _call(
        *_RUN, "--runs-dir", "config.yaml", says=("config.yaml", "is a file where a folder"), status=3
    ),
    "a folder for the runs that is not to be": _call(
        *_RUN, "--runs-dir", "/proc/none", says=("/proc/none",), status=3
    ),
    "a top of nothing": _call(
        "show", "none", "--top", "0", says=("--top", "whole number from 1 on (got '0')")
    ),
    "an unknown format": _call("show", "none", "--format", "xml", says=("--format", "xml", "markdown")),
    "a trial below 0": _call("reproduce", "none", "--", "-1", says=("TRIAL", "from 0 on (got '-1')")),
    "a trial of words": _call(
        "reproduce", "none", "best", says=("TRIAL", "whole number from 0 on (got 'best')")
    ),
    "a trial there is not": Case(
        ("trial 99", "trials 0 to"), ("reproduce", "small", "99"), {"runs/small": making.run_copy}
    ),
    "a parameter there is not": Case(
        ("--by lrr", "did you mean 'lr'?"), ("show", "small", "--by", "lrr"), {"runs/small": making.run_copy}
    ),
    "a criterion there is not": Case(
        ("--pareto val_ac", "did you mean 'val_acc'?"),
        ("show", "small", "--pareto", "val_ac,seconds"),
        {"runs/small": making.run_copy},
    ),
    "a criterion whose goal is not told": Case(
        ("--pareto lr", "lr:minimize or lr:maximize"),
        ("show", "small", "--pareto", "val_acc,lr"),
        {"runs/small": making.run_copy},
    ),
    "a front of one thing": Case(
        ("--pareto val_acc", "two or three names"),
        ("report", "small", "--pareto", "val_acc"),
        {"runs/small": making.run_copy},
    ),
    "a parameter of terminal codes": Case(
        ("--by \\x1b[31m",), ("show", "small", "--by", "\x1b[31m"), {"runs/small": making.run_copy}
    ),
    "an unknown form of export": _call("export", "none", "--to", "pickle", says=("--to", "pickle", "model")),
    "an export onto a folder": Case(
        ("is a folder", "-o"),
        ("export", "small", "--to", "model", "-o", "."),
        {"runs/small": making.run_copy},
    ),
    "an export onto the root": Case(
        ("is a folder", "-o"),
        ("export", "small", "--to", "model", "-o", "/"),
        {"runs/small": making.run_copy},
    ),
    "an export past a link": Case(
        ("model.npz",),
        ("export", "small", "--to", "model", "-o", "model.npz"),
        {
            "runs/small": making.run_copy,
            ".model.npz.tmp": lambda path: path.symlink_to("../outside/precious"),
        },
        status=0,
        writes=("model.npz", ".model.npz.tmp"),
    ),
    "a trial to go on from that is none": _call(
        "train", "config.yaml", "--from", "small", says=("--from small", "RUN:TRIAL")
    ),
    "a model to save that is none": _call(
        "train", "config.yaml", "--save", "model.pkl", says=("--save model.pkl", ".npz")
    ),
    "a refinement of too many": Case(
        ("--top 999", "must be at most"), ("refine", "small", "--top", "999"), {"runs/small": making.run_copy}
    ),
    "an init over a file": _call(
        "init", "-o", "config.yaml", says=("config.yaml: exists", "never written over")
    ),
    "an init of an open quotation mark": _call(
        "init", "python 'train.py", "-o", "new.yaml", says=("quotation",)
    ),
    "an init of nothing": _call("init", " ", "-o", "new.yaml", says=("the command is empty",)),
    "an init of no file": _call("init", "none.csv", "-o", "new.yaml", says=("none.csv", "no such file")),
    "an init of a target without a table": _call(
        "init", "--target", "y", "-o", "new.yaml", says=("--target y",)
    ),
    "an init in no folder": _call("init", "-o", "none/new.yaml", says=("none/new.yaml", "cannot be written")),
    "a list of no folder": _call("list", "--runs-dir", "none", says=("no runs in none/",), status=0),
    "a list of a folder there cannot be": _call(
        "list", "--runs-dir", "x" * 5000, says=("no runs in",), status=0
    ),
    # -- right, though it looks odd
    "fine: a file of odd letters": Case(
        ("fine",), ("check", "größer 😀.yaml"), {"größer 😀.yaml": GOOD}, status=0
    ),
    "fine: a file that looks like an option": Case(
        ("fine",), ("check", "--", "-x.yaml"), {"-x.yaml": GOOD}, status=0
    ),
    "fine: an exponent": _call(
        "check", "config.yaml", "--set", "space.lr.low=1e-4", says=("log, 0.0001 to 1",), status=0
    ),
    "fine: a value with an equals sign": _call(
        "check", "config.yaml", "--set", "seed= 3", says=("fine",), status=0
    ),
    "fine: a terminal that knows no umlauts": apart(
        Case(
            ("gr\\xf6\\xdfe",),
            ("check", "config.yaml"),
            {
                "config.yaml": "objective: {kind: command, command: [echo]}\nspace: {größe: {choices: [1, 2]}}\n"
            },
            status=0,
            environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        )
    ),
}
