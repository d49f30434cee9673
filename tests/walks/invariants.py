"""What must hold, whatever people bring: each a function that raises an AssertionError saying what does not."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.randomness import Streams
from tests.commands import Ended
from tests.corpus.running import NEVER, UNSAFE
from tests.walks import own
from tests.walks.walk import Tree, Walk

#: Of libraries, and of the machinery: words that nobody should be told.
_WORDS = (
    *NEVER,
    "Warning",
    "numpy",
    "ComputeError",
    "SchemaError",
    "DuplicateError",
    "InvalidOperation",
    "<class ",
    "object at",
)
_STATUSES = {0, 1, 2, 3, 130}
_EXACT = ("csv", "--to", "predict")
_SEEDS = re.compile(r":(?P<mean>[^:]+?) (?:\+- \S+ )?\((?:\d+ of )?\d+ seeds")
#: Where several rank their values stand behind that of the first.
_BEST = re.compile(r"Best-(\d+)\((?P<name>.*?):(?P<value>[^:(),]+)(?:, .*?:[^:(),]+)*\) \| ")


def no_word_of_the_machinery(args: Sequence[str], ended: Ended) -> None:
    """Neither a traceback nor words of a library."""
    for word in _WORDS:
        line = next((line for line in ended.stderr.splitlines() if word in line), None)
        assert line is None, f"{word!r} on standard error: {line}"
        assert word not in ended.stdout, f"{word!r} on standard output"


def a_status_of_the_contract(args: Sequence[str], ended: Ended) -> None:
    """One of those that README names, with a message where it is not 0."""
    assert ended.returncode in _STATUSES, f"status {ended.returncode}: {ended.stderr[-600:]}"
    assert ended.returncode == 0 or ended.stderr.strip(), "an error without a message"


def nothing_a_terminal_obeys(args: Sequence[str], ended: Ended) -> None:
    """Control characters are escaped, but for the formats that are exact."""
    texts = [ended.stderr] if any(word in args for word in _EXACT) else [ended.stdout, ended.stderr]
    for text in texts:
        found = UNSAFE.search(text)
        assert not found, f"a control character: {text[max(0, found.start() - 80) : found.end() + 20]!r}"


def json_as_everybody_reads_it(args: Sequence[str], ended: Ended) -> None:
    """One document, without NaN, and no key twice."""
    if "--json" in args:
        strict_json(ended.stdout)


def strict_json(text: str) -> Any:
    """The document. Raises an AssertionError where it is none."""

    def refused(word: str) -> None:
        raise AssertionError(f"{word} in JSON: {text[:400]}")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        assert not twice, f"keys of JSON that are there twice: {twice}"
        return dict(pairs)

    try:
        return json.loads(text, parse_constant=refused, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise AssertionError(f"no JSON ({error}): {text[:400]!r}") from None


#: What holds of every command.
ALWAYS = (
    a_status_of_the_contract,
    no_word_of_the_machinery,
    nothing_a_terminal_obeys,
    json_as_everybody_reads_it,
)


def values_within_the_space(space: Tree, fixed: Tree, parameters: Tree) -> None:
    """Of one trial: within range, on step, of the right type, there only where the conditions hold."""
    for name, given in space.items():
        holds = not isinstance(given, dict) or all(
            _holds(parent, values, space, fixed, parameters)
            for parent, values in given.get("when", {}).items()
        )
        assert (name in parameters) == holds, f"{name} {'lacks' if holds else 'is drawn'}: {parameters}"
        if holds:
            assert _legal(given, parameters[name]), f"{name}: {parameters[name]!r} is not of {given}"
    assert set(parameters) <= set(space), f"parameters that are nobody's: {set(parameters) - set(space)}"


def what_is_required_holds(required: Sequence[str], parameters: Tree) -> None:
    """Of one trial, where the parameter is active: see `spaces.required`."""
    for condition in required:
        name, most = condition.split(" <= ")
        value = parameters.get(name.strip("`"), -math.inf)
        assert value <= float(most), f"{condition} of {parameters}"


def _holds(parent: str, values: Any, space: Tree, fixed: Tree, parameters: Tree) -> bool:
    there = parameters if parent in space else fixed
    allowed = values if isinstance(values, list) else [values]
    return parent in there and any(same(there[parent], one) for one in allowed)


def same(value: Any, other: Any) -> bool:
    """Equal, and true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _legal(given: Any, value: Any) -> bool:
    if not isinstance(given, dict):
        return same(given, value)
    if "choices" in given:
        return any(same(value, choice) for choice in given["choices"])
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not given["low"] <= value <= given["high"]
    ):
        return False
    if given.get("type") == "int" and not isinstance(value, int):
        return False
    step = given.get("step")
    return step is None or (_exact(value) - _exact(given["low"])) % _exact(step) == 0


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def columns_told_apart(text: str) -> None:
    """A CSV whose columns have different names, and whose rows all have as many cells."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows, "a CSV without a header"
    twice = [name for name, count in Counter(rows[0]).items() if count > 1]
    assert not twice, f"columns of one name: {twice}"
    assert {len(row) for row in rows} == {len(rows[0])}, "rows of different lengths"


def csv_holds_what_json_holds(text: str, trials: Sequence[Tree]) -> None:
    """Every metric and parameter of every trial, in full precision."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    cells = {row[header.index("trial")]: Counter(row) for row in rows}
    assert len(rows) == len(trials), f"{len(rows)} rows of {len(trials)} trials"
    for trial in trials:
        values = [value for value in trial["metrics"].values() if value is not None]
        wanted = Counter(_cell(value) for value in [*values, *trial["parameters"].values()])
        lost = wanted - cells.get(str(trial["trial"]), Counter())
        assert not lost, f"in no column: {lost} of trial {trial['trial']}"


def _cell(value: Any) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool | list) else str(value)


def shown_is_recorded(text: str, best: Sequence[Tree], metric: str, top: int) -> None:
    """The lines `Best-1(...)` have the values of the ranking, rounded."""
    lines = [found for line in text.splitlines() if (found := _BEST.match(line))]
    assert len(lines) == min(top, len(best)), f"{len(lines)} lines of {len(best)} ranked: {text[:400]}"
    for line, trial in zip(lines, best, strict=False):
        value = trial["metrics"][metric]
        assert math.isclose(float(line["value"]), value, rel_tol=6e-4), f"{line[0]} shows {value!r}"
        again = _SEEDS.search(line.string)
        assert (again is None) == ("confirmed" not in trial), f"{line.string} of {trial}"
        if again:
            mean = trial["confirmed"]["mean"]
            assert math.isclose(float(again["mean"]), mean, rel_tol=6e-3), f"{again[0]} shows {mean!r}"


def value_of(trial: Tree, metric: str) -> float:
    """What a trial ranks by: its mean over seeds where it was trained again."""
    return float(trial["confirmed"]["mean"] if "confirmed" in trial else trial["metrics"][metric])


def ranked_by_the_goal(best: Sequence[Tree], metric: str, goal: str) -> None:
    """Those that are alike (confirmed or not, as long) stand in the order of the metric."""
    for alike, trials in _alike(best).items():
        values = [value_of(trial, metric) for trial in trials]
        assert all(map(math.isfinite, values)), f"what ranks is not finite: {values}"
        wanted = sorted(values, reverse=goal == "maximize")
        assert values == wanted, f"out of order among {alike}: {values}"


def ranked_front_by_front(
    best: Sequence[Tree], trials: Sequence[Tree], ranking: Sequence[tuple[str, str]]
) -> None:
    """Of those that are alike none stands behind one that it beats: no worse by any metric, and better by one."""
    known = {trial["trial"]: trial for trial in trials}
    for alike, some in _alike(best).items():
        losses = [
            tuple(_loss(known[trial["trial"]], metric, goal) for metric, goal in ranking) for trial in some
        ]
        for one, other in combinations(losses, 2):
            beaten = one != other and all(ours >= theirs for ours, theirs in zip(one, other, strict=True))
            assert not beaten, f"among {alike} {one} stands before {other} of {ranking}"


def _loss(trial: Tree, metric: str, goal: str) -> float:
    """Lower is better; further from 0 than 1e150 all are alike."""
    values = _over_seeds(trial, metric) if "confirmed" in trial else [trial["metrics"][metric]]
    mean = math.fsum(value / len(values) for value in values)
    assert math.isfinite(mean), f"what ranks is not finite: {values}"
    return max(-1e150, min(1e150, mean if goal == "minimize" else -mean))


def _alike(best: Sequence[Tree]) -> Mapping[tuple[bool, int, float], Sequence[Tree]]:
    """Those that rank, by whether they were confirmed, how many seeds were lost, and how long they were trained."""
    assert [trial["rank"] for trial in best] == list(range(1, len(best) + 1)), "ranks are not counted from 1"
    groups: dict[tuple[bool, int, float], list[Tree]] = {}
    for trial in best:
        assert trial["status"] == "done", f"a trial that is {trial['status']} ranks"
        lost = sum(trial.get("confirmed", {}).get("lost", {}).values())
        groups.setdefault(("confirmed" in trial, lost, trial["epochs"]), []).append(trial)
    return groups


def _over_seeds(trial: Tree, metric: str) -> Sequence[float]:
    """What a metric was with each seed that ended well, after the longest training."""
    done = [result for result in trial["results"] if result["status"] == "done"]
    longest = [result for result in done if result["replicate"] == 0][-1]
    return [longest["metrics"][metric], *(one["metrics"][metric] for one in done if one["replicate"])]


def confirmed_is_the_mean(trial: Tree, metric: str) -> None:
    """Mean, spread and seeds are those of the trial's trainings."""
    if "confirmed" not in trial:
        return
    values, again = _over_seeds(trial, metric), trial["confirmed"]
    assert again["seeds"] == len(values), f"{again['seeds']} seeds of {len(values)}"
    mean = math.fsum(value / len(values) for value in values)
    assert math.isclose(again["mean"], mean, rel_tol=1e-9, abs_tol=1e-300), (
        f"mean {again['mean']} of {values}"
    )


def scores_are_those_of_the_code(walk: Walk, trial: Tree) -> None:
    """What was recorded of a trial is what the user's code gives for its parameters."""
    metric = walk.metric
    for result in trial["results"]:
        if walk.kind == "python":
            _as_the_function(walk, trial, result)
        elif result["status"] == "done":
            parameters = {
                name: trial["parameters"][name] for name in walk.space if name in trial["parameters"]
            }
            arguments = _arguments(walk.config["objective"]["command"][2:], parameters, result["epochs"])
            score = own.scored(arguments)
            assert math.isclose(result["metrics"][metric], score), (
                f"the command gives {score} for {arguments}: {result}"
            )


def _as_the_function(walk: Walk, trial: Tree, result: Tree) -> None:
    parameters, asked = trial["parameters"], walk.asked_for
    seed = Streams(trial["seed"]).integer("seed", result["replicate"])
    given = own.answer(walk.files["f.py"], parameters, result["epochs"], seed)
    if given is None:
        assert result["status"] in ("failed", "diverged"), f"{result['status']} where the function fails"
    else:
        assert result["status"] == "done", f"{result['status']} where the function ends well: {result}"
        kept = {name: value for name, value in given.items() if name in asked or name not in parameters}
        assert result["metrics"] == kept, f"recorded {result['metrics']} where the function gives {kept}"


def _arguments(command: Sequence[str], parameters: Tree, epochs: int) -> list[str]:
    """A command line as docs/yaml.md tells it: what is not active, null and an empty list are left out, with the
    option before them."""
    given = {name: value for name, value in parameters.items() if value is not None and value != []}
    told = {name: own.told(value) for name, value in given.items()} | {"epochs": str(epochs)}
    arguments: list[str] = []
    for index, word in enumerate(command):
        if word[1:-1] in own.ALL and word[1:-1] not in parameters:
            unnamed = {name: value for name, value in parameters.items() if f"{{{name}}}" not in command}
            arguments += own.all_told(word[1:-1], unnamed)
        elif not word.startswith("{"):
            follows = command[index + 1] if index + 1 < len(command) else "-"
            if not follows.startswith("{") or follows[1:-1] in told:
                arguments.append(word)
        elif word[1:-1] in told:
            arguments.append(told[word[1:-1]])
    return arguments


def pasted_is_the_best(text: str, best: Mapping[str, Any]) -> None:
    """best.yaml, read as we read YAML, holds the parameters of the best, of the same types."""
    data = parse_yaml(text, "best.yaml").data
    assert data == best, f"best.yaml reads as {data}, the best is {best}"
    odd = [name for name, value in best.items() if type(data[name]) is not type(value)]
    assert not odd, f"best.yaml reads as another type: {odd} of {data}"


def equal_bytes(what: str, wanted: bytes, found: bytes) -> None:
    """Results do not depend on what happened on the way."""
    if wanted != found:
        lines = zip(wanted.splitlines(), found.splitlines(), strict=False)
        differ = next(((one, other) for one, other in lines if one != other), ("", ""))
        raise AssertionError(f"{what} differs: {differ[0]!r} is {differ[1]!r}")
