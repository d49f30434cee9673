"""The way through every command: each step is a function of the walker, and leaves the project as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hpsearch.api import Found, open_run
from hpsearch.config.yaml.loader import parse_yaml
from tests.commands import Ended
from tests.walks import invariants, models
from tests.walks.searched import Searched
from tests.walks.walk import Tree, as_yaml
from tests.walks.walker import Broken, Stopped, Walker

_FORMS = (
    ("--format", "text"),
    ("--format", "table"),
    ("--format", "json"),
    ("--format", "csv"),
    ("--format", "markdown"),
    ("--wide",),
    ("--failed",),
    ("--failed", "--json"),
)
_MADE_FROM_THE_JOURNAL = ("results.csv", "results.txt", "best.yaml", "curves.csv")
ALL = "1000000"


def walk_through(walker: Walker) -> list[Broken]:
    """Every step, in the order in which a person would come to it; gives what did not hold."""
    with _as_far_as_it_goes(walker):
        before(walker)
        found = search(walker)
        for step in (recorded, *walker.some(LOOKED_AT, 2), *walker.some(GONE_ON_WITH, 2)):
            with _as_far_as_it_goes(walker):
                step(walker, found)
    return walker.broken


@contextmanager
def _as_far_as_it_goes(walker: Walker) -> Iterator[None]:
    """Where something did not hold, what is to be looked at next may not be there."""
    try:
        yield
    except Stopped:
        pass
    except Exception:
        if not walker.broken:
            raise


def before(walker: Walker) -> None:
    """Look at the file before anything is trained."""
    if walker.call("check", "config.yaml", status=(0, 2) if walker.walk.refusable else 0).returncode:
        raise Stopped
    for look in walker.some((_in_json, _tried)):
        look(walker)
    if walker.walk.kind == "mlp":
        models.before(walker)


def _in_json(walker: Walker) -> None:
    walker.json("check", "config.yaml")


def _tried(walker: Walker) -> None:
    walker.call("run", "config.yaml", "--dry-run", status=(0, 1))


def search(walker: Walker) -> Searched:
    """The search, and what it has come to."""
    ended = walker.call("run", "config.yaml", status=(0, 1))
    document = walker.json("show", walker.walk.name, "--top", ALL)
    failed = not document["best"] or document["ending"] == "failures"
    walker.hold(_status_tells, ended.returncode, failed, document)
    return Searched(_trials(walker, walker.walk.name), document["best"], document["ending"])


def _trials(walker: Walker, name: str) -> list[Tree]:
    walker.call("export", name, "--to", "json", "-o", "trials.json", "--overwrite")
    text = (walker.folder / "trials.json").read_text(encoding="utf-8")
    found: list[Tree] = invariants.strict_json(text)["trials"]
    return found


def _status_tells(status: int, failed: bool, document: Any) -> None:
    assert (status == 1) == failed, (
        f"status {status}, ending {document['ending']}, {len(document['best'])} ranked"
    )


def recorded(walker: Walker, found: Searched) -> None:
    """What was recorded is legal, true and in order."""
    walk, metric = walker.walk, walker.walk.metric
    for trial in found.trials:
        walker.hold(
            invariants.values_within_the_space, walk.space, walk.config["objective"], trial["parameters"]
        )
        walker.hold(invariants.what_is_required_holds, walk.config.get("require", ()), trial["parameters"])
        walker.hold(invariants.confirmed_is_the_mean, trial, metric)
        if walk.kind != "mlp":
            walker.hold(invariants.scores_are_those_of_the_code, walk, trial)
    if len(walk.ranking) == 1 and walk.kind != "mlp":  # whose near-ties are put in order by the loss
        walker.hold(invariants.ranked_by_the_goal, found.best, *walk.ranking[0])
    elif len(walk.ranking) > 1:
        walker.hold(invariants.ranked_front_by_front, found.best, found.trials, walk.ranking)
    text = (walker.run / "results.csv").read_text(encoding="utf-8")
    walker.hold(invariants.columns_told_apart, text)
    walker.hold(invariants.csv_holds_what_json_holds, text, found.trials)
    walker.hold(invariants.columns_told_apart, (walker.run / "curves.csv").read_text(encoding="utf-8"))
    if found.best:
        pasted = (walker.run / "best.yaml").read_text(encoding="utf-8")
        walker.hold(invariants.pasted_is_the_best, pasted, found.best[0]["parameters"])
    walker.hold(_reads_as_itself, walker)


def _reads_as_itself(walker: Walker) -> None:
    """The recorded config.yaml is a valid file, of the same space."""
    text = (walker.run / "config.yaml").read_text(encoding="utf-8")
    space = parse_yaml(text, "config.yaml").data["space"]
    assert list(space) == list(walker.walk.space), f"the recorded space is {list(space)}"
    walker.call("check", str(Path("runs", walker.walk.name, "config.yaml")))


def refused(walker: Walker, found: Searched) -> None:
    """A second search must not touch what is recorded."""
    before = _bytes(walker.run / "journal.jsonl")
    walker.call("run", "config.yaml", status=3)
    walker.hold(invariants.equal_bytes, "the journal", before, _bytes(walker.run / "journal.jsonl"))


def shown(walker: Walker, found: Searched) -> None:
    """The ranking in every form, by every parameter, and every trial."""
    name, metric = walker.walk.name, walker.walk.metric
    for form in walker.some(_FORMS):
        walker.call("show", name, *form)
    text = walker.call("show", name, "--format", "text", "--top", "3").stdout
    walker.hold(invariants.shown_is_recorded, text, found.best, metric, 3)
    walker.hold(
        invariants.columns_told_apart, walker.call("show", name, "--format", "csv", "--top", "2").stdout
    )
    for trial in walker.some(found.trials[:2] + found.trials[-1:]):
        for form in walker.some(((), ("--json",))):
            walker.call("show", name, "--trial", str(trial["trial"]), *form)
    walker.call("list")


def parted(walker: Walker, found: Searched) -> None:
    """The best for each part of every parameter, and of a pair."""
    names = walker.walk.names
    pairs = [f"{names[0]},{names[-1]}"] if len(names) > 1 else []
    for asked in walker.some([*names, *pairs]):
        walker.call("show", walker.walk.name, "--by", asked)
        document = walker.json("show", walker.walk.name, "--by", asked)
        walker.hold(_counted_once, document, found, asked)
    walker.call("show", walker.walk.name, "--columns", ",".join(names[:3]))


def _counted_once(document: Any, found: Searched, asked: str) -> None:
    """Every trial is in one part, but for those where the parameter is not active."""
    counted = sum(part["trials"] for part in document["by"]["parts"])
    active = sum(all(name in trial["parameters"] for name in asked.split(",")) for trial in found.trials)
    assert active <= counted <= len(found.trials), f"{counted} trials in parts, {active} with a value"


def exported(walker: Walker, found: Searched) -> None:
    """The trials, as other programs read them."""
    import polars as pl

    name = walker.walk.name
    walker.call("export", name, "--to", "csv", "-o", "trials.csv")
    walker.call("export", name, "--to", "csv", "-o", "trials.csv", status=2)
    walker.call("export", name, "--to", "parquet", "-o", "trials.parquet")
    text = (walker.folder / "trials.csv").read_text(encoding="utf-8")
    walker.hold(invariants.columns_told_apart, text)
    walker.hold(invariants.csv_holds_what_json_holds, text, found.trials)
    walker.hold(_same_columns, text, pl.read_parquet(walker.folder / "trials.parquet").columns)


def _same_columns(text: str, columns: list[str]) -> None:
    header = next(csv.reader(io.StringIO(text, newline="")))
    assert header == columns, f"the .csv has {header}, the .parquet {columns}"


def opened(walker: Walker, found: Searched) -> None:
    """The run from Python, and for other programs."""
    run = open_run(walker.run, runs_dir=walker.folder / "runs")
    walker.hold(_opens, run, found)
    for form in ("optuna", "tensorboard") if walker.luck % 10 == 0 else ():
        walker.call("export", walker.walk.name, "--to", form)


def _opens(run: Found, found: Searched) -> None:
    best = found.best[0]["parameters"] if found.best else None
    assert run.best == best, f"the best from Python is {run.best}, of JSON {best}"
    assert [row["trial"] for row in run.rows] == [trial["trial"] for trial in found.trials]
    assert repr(run)


def reproduced(walker: Walker, found: Searched) -> None:
    """A trial trained again is the same to the bit."""
    if found.best:
        trial = found.best[walker.luck % len(found.best)]["trial"]
        walker.call("reproduce", walker.walk.name, str(trial))


def killed(walker: Walker, found: Searched) -> None:
    """Resume what `kill -9` leaves: a journal that ends anywhere, and none of the files made of it."""
    if found.ending in ("failures", "target"):
        return  # failures are counted anew; a target ends what is underway, wherever that is
    wanted = {name: _bytes(walker.run / name) for name in _MADE_FROM_THE_JOURNAL}
    other = walker.copied("killed")
    for name in _MADE_FROM_THE_JOURNAL:
        (other.run / name).unlink(missing_ok=True)
    journal = _bytes(other.run / "journal.jsonl")
    # What a journal begins with is written as one.
    first = journal.index(b"\n", max(0, journal.find(b'"kind":"session"'))) + 1
    size = first + walker.luck % max(1, len(journal) - first)
    (other.run / "journal.jsonl").write_bytes(journal[:size])
    other.trail.append(f"truncate -s {size} runs/{walker.walk.name}/journal.jsonl")
    other.call("resume", walker.walk.name, status=(0, 1))
    for name, content in wanted.items():
        other.hold(invariants.equal_bytes, name, content, _bytes(other.run / name))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def copied(walker: Walker, found: Searched) -> None:
    """A copied project shows the same, and goes on."""
    other = walker.copied("copy")
    here, there = (
        one.call("show", one.walk.name, "--format", "csv", "--top", ALL).stdout for one in (walker, other)
    )
    walker.hold(invariants.equal_bytes, "the ranking of a copy", here.encode(), there.encode())
    if found.ending == "complete":
        other.call("resume", walker.walk.name, status=(0, 1))


def resumed_with_more(walker: Walker, found: Searched) -> None:
    """More trials leave those that were tried as they are."""
    if found.ending != "complete" or walker.walk.search.get("sampler") == "grid":
        return
    other = walker.copied("more")
    other.call("resume", walker.walk.name, "--trials", str(len(found.trials) + 2), status=(0, 1))
    after = {trial["trial"]: trial["parameters"] for trial in _trials(other, walker.walk.name)}
    other.hold(_nothing_lost, {trial["trial"]: trial["parameters"] for trial in found.trials}, after)


def _nothing_lost(before: dict[int, Tree], after: dict[int, Tree]) -> None:
    assert all(after.get(number) == config for number, config in before.items()), (
        "trials changed when resumed"
    )


def pasted(walker: Walker, found: Searched) -> None:
    """best.yaml below `space:`, with one parameter still to be searched."""
    walk = walker.walk
    if not found.best or set(found.best[0]["parameters"]) != set(walk.space):
        return  # what is not active there has no value to be fixed at
    best = parse_yaml((walker.run / "best.yaml").read_text(encoding="utf-8"), "best.yaml").data
    first = walk.names[0]
    fixed = {
        name: {"choices": [value]} if isinstance(value, list | None) else value
        for name, value in best.items()
    }
    config = {**walk.config, "name": "pasted", "space": {**fixed, first: walk.space[first]}}
    config.pop("require", None)
    (walker.folder / "pasted.yaml").write_text(as_yaml(config), encoding="utf-8")
    walker.call("check", "pasted.yaml")
    walker.call("run", "pasted.yaml", "--trials", "1", status=(0, 1))
    parameters = walker.json("show", "pasted", "--trial", "0")["trial"]["parameters"]
    walker.hold(_as_pasted, {**best, first: parameters[first]}, parameters)


def _as_pasted(best: Tree, parameters: Tree) -> None:
    assert parameters == best, f"a trial has {parameters} where {best} was pasted"


def taken_over(walker: Walker, found: Searched) -> None:
    """The same file, asked for more: what is made already is not made again."""
    walk = walker.walk
    if not found.best or walk.ranking[1:]:
        return
    search = {"trials": len(found.trials) + 2, "learn_from": [f"runs/{walk.name}"], "reuse": True}
    config = {**walk.config, "name": "taken", "search": {**walk.search, **search}}
    (walker.folder / "taken.yaml").write_text(as_yaml(config), encoding="utf-8")
    ended = walker.call("run", "taken.yaml", status=(0, 1, 2))
    walker.hold(_refused_for, "has tried all", ended)
    if ended.returncode < 2:
        walker.hold(_all_is_there, found.trials, _trials(walker, "taken"))


def _all_is_there(before: list[Tree], after: list[Tree]) -> None:
    """Every trial that ended well is there once, with all that it had reached."""
    for trial in before:
        reached = [result for result in trial["results"] if result["status"] == "done"]
        twins = [twin for twin in after if twin["parameters"] == trial["parameters"]]
        missing = [result for result in reached if not any(_has(twin, result) for twin in twins)]
        assert not missing, f"trial {trial['trial']} is taken over without {missing}"


def _has(trial: Tree, result: Tree) -> bool:
    """Whether the trial has a result, but for when it was made."""
    same = ("replicate", "epochs", "status", "metrics")
    return any(all(own[key] == result[key] for key in same) for own in trial["results"])


def refined(walker: Walker, found: Searched) -> None:
    """Refine, and refine what was refined; where one value or nothing new is left, that is said."""
    name = walker.walk.name
    if not found.best:
        walker.call("refine", name, status=(1, 2))
        return
    dry = walker.call("refine", name, "--dry-run", status=(0, 2))
    walker.hold(_refused_for, "nothing to refine", dry)
    walker.hold(
        _refused_for,
        "nothing to refine",
        walker.call("refine", name, "--no-widen", "--dry-run", status=(0, 2)),
    )
    if dry.returncode:
        return
    ended = walker.call("refine", name, "--trials", "3", status=(0, 1, 2))
    walker.hold(_refused_for, "has tried all", ended)
    if ended.returncode < 2:
        new = next(run["run"] for run in walker.json("list") if run["parent"] == name)
        walker.call("check", str(Path("runs", new, "config.yaml")))
        if walker.json("show", new)["best"]:
            walker.hold(
                _refused_for, "nothing to refine", walker.call("refine", new, "--dry-run", status=(0, 2))
            )


def _refused_for(reason: str, ended: Ended) -> None:
    assert ended.returncode < 2 or reason in ended.stderr, (
        f"refused for another reason: {ended.stderr[-500:]}"
    )


LOOKED_AT = (refused, shown, parted, exported, opened, reproduced)
GONE_ON_WITH = (killed, models.of_the_best, copied, taken_over, refined, resumed_with_more, pasted)
