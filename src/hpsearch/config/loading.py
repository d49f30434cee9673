"""From a YAML file to a checked `Spec`: every section on its own, then what they ask of each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hpsearch.config.cluster_rules import cluster_problems, with_cluster
from hpsearch.config.enqueue import check_enqueued, with_enqueued
from hpsearch.config.fields import first_of
from hpsearch.config.foreign import refused, settings_of_a_program
from hpsearch.config.homes import homes
from hpsearch.config.learn_from import with_learned
from hpsearch.config.messages import check, got
from hpsearch.config.objective import KINDS, ObjectiveSettings, kind_of
from hpsearch.config.origins import Finding, KeyPath, Source, show
from hpsearch.config.overrides import Override, apply_overrides
from hpsearch.config.places import Root
from hpsearch.config.rules import Parts, check_rules, mapping
from hpsearch.config.sampler_settings import search_model, without_others
from hpsearch.config.schema import NAME, Dispatch, Fixed, ParameterSettings, Search, Spec, parameter_model
from hpsearch.config.slots import slot_problems
from hpsearch.config.yaml.loader import Document, load_yaml
from hpsearch.core.errors import SpecError, one_of
from hpsearch.core.goals import goal_beside, parted
from hpsearch.executors import EXECUTORS


def load_spec(
    path: Path | str,
    overrides: Sequence[Override] = (),
    enqueue: Sequence[Path | str] = (),
    learn_from: Sequence[Path | str] = (),
) -> Spec:
    """The configuration in the file at `path`, with `key=value` overrides, complete and checked.

    The configurations in the files `enqueue` are tried before those that the file itself enqueues; what the
    runs at `learn_from` found counts for more than what those found that it names itself.

    Raises InputError where there is no file to read, SpecError with every problem in the order of the file.
    """
    document = _ours(Path(path))
    return _loaded(Path(path), document, document.data, overrides, enqueue, learn_from)


def _ours(path: Path) -> Document:
    """The document of a file, unless that is something else by its name."""
    try:
        document = load_yaml(path)
    except SpecError as error:
        raise refused(path, error) or error from None
    if not isinstance(document.data, dict) and (other := refused(path)):
        raise other
    return document


def load_continued(path: Path, overrides: Sequence[Override] = ()) -> Spec:
    """As `load_spec`, of a run folder's config.yaml: what it names may have been moved."""
    document = load_yaml(path)
    return _loaded(path, document, document.data, overrides, recorded=True)


def load_recorded(path: Path, overrides: Sequence[Override] = ()) -> Spec:
    """As `load_continued`, of a search that is looked at: the package of its executor may be gone since."""
    document = load_yaml(path)
    data, executor = document.data, mapping(document.data, "dispatch").get("executor")
    if not isinstance(executor, str) or executor in EXECUTORS:
        return _loaded(path, document, data, overrides, recorded=True)
    rest = {name: value for name, value in data["dispatch"].items() if name != "executor"}
    spec = _loaded(path, document, {**data, "dispatch": rest}, overrides, recorded=True)
    if spec.source.is_override(("dispatch", "executor")):
        return spec
    dispatch = spec.dispatch.model_copy(update={"executor": executor})
    return with_source(spec.model_copy(update={"dispatch": dispatch}), spec.source)


def recorded_objective(path: Path) -> Mapping[str, Any]:
    """The `objective` section of a run folder's config.yaml as it is written; empty where there is none."""
    return mapping(load_yaml(path).data, "objective") if path.is_file() else {}


def _loaded(
    path: Path,
    document: Document,
    data: Any,
    overrides: Sequence[Override],
    enqueue: Sequence[Path | str] = (),
    learn_from: Sequence[Path | str] = (),
    *,
    recorded: bool = False,
) -> Spec:
    source = Source(str(path), document.lines)
    data, source, problems = apply_overrides(data, source, overrides)
    if other := settings_of_a_program(path, data):
        raise other
    data, source = with_enqueued(data, source, enqueue)
    root = Root(path.parent, source, recorded)
    data, unnamed = _named(with_learned(_located(data, root), root, learn_from), path.stem)
    spec, findings = validate(data)
    problems = [*source.problems([*unnamed, *findings]), *problems]
    if spec is None or problems:
        raise SpecError(problems)
    return with_source(spec, root.told())


def spec_of(data: Mapping[str, Any]) -> Spec:
    """The configuration that plain data describes, as a file would; its paths start at the current folder.

    Raises SpecError with every problem.
    """
    root = Root(Path(), Source())
    complete, unnamed = _named(with_learned(_located(dict(data), root), root), "search")
    spec, findings = validate(complete)
    problems = root.source.problems([*unnamed, *findings])
    if spec is None or problems:
        raise SpecError(problems)
    return with_source(spec, root.told())


def with_source(spec: Spec, source: Source) -> Spec:
    """The same spec, knowing where its values came from."""
    spec._source = source  # noqa: SLF001 - a private field of our own model, set once, here
    return spec


def validate(data: Any) -> tuple[Spec | None, list[Finding]]:
    """The spec that `data` describes, or None, and every rule it breaks."""
    findings: list[Finding] = []
    known = homes(data)
    if not isinstance(data, dict):
        words = f"must be a mapping with the keys {', '.join(Spec.model_fields)} (got {show(data)})"
        return None, [Finding((), words)]
    kind = kind_of(data)
    parts = Parts(
        kind=kind,
        objective=_objective(data.get("objective"), findings, known) if "objective" in data else None,
        space=_space(data.get("space"), findings),
        names=tuple(mapping(data, "space")),
        search=None,
    )
    parts = replace(parts, search=_search(data.get("search", {}), parts, findings, known))
    spec = _whole(data, parts, findings, known)
    findings += check_rules(data, parts, {finding.path for finding in findings})
    if spec is not None and not findings:
        findings += check_enqueued(spec)
    return (None if findings else spec), findings


def _objective(
    data: Any, findings: list[Finding], known: Mapping[str, Sequence[str]]
) -> ObjectiveSettings | None:
    if not isinstance(data, dict):
        return None
    kind = data.get("kind")
    if "kind" in data and not (isinstance(kind, str) and kind in KINDS):
        rule = f"{one_of(tuple(KINDS))} (got {show(kind)})"
        hint = KINDS.hint(kind) if isinstance(kind, str) else ""
        findings.append(Finding(("objective", "kind"), f"{rule}{hint}"))
        return None
    return check(kind_of({"objective": data}), data, ("objective",), findings, known)


def _space(data: Any, findings: list[Finding]) -> dict[str, ParameterSettings]:
    parameters: dict[str, ParameterSettings] = {}
    for name, given in data.items() if isinstance(data, dict) else ():
        path = ("space", name)
        if not isinstance(given, dict):
            if fixed := _fixed(given, path, findings):
                parameters[name] = fixed
            continue
        if contradiction := _contradiction(given):
            findings.append(Finding(path, contradiction))
        elif parameter := check(parameter_model(given), given, path, findings):
            parameters[name] = parameter
    return parameters


def _fixed(given: Any, path: KeyPath, findings: list[Finding]) -> Fixed | None:
    """A bare value, which is not searched."""
    broken: list[Finding] = []
    fixed = (
        None if given is None or isinstance(given, list) else check(Fixed, {"choices": [given]}, (), broken)
    )
    if fixed is None:
        findings.append(Finding(path, _not_a_parameter(given)))
    return fixed


def _not_a_parameter(given: Any) -> str:
    if isinstance(given, list):
        itself = f"{{choices: [{show(given)}]}} for the list itself"
        return f"must be a mapping; write {{choices: {show(given)}}}, or {itself}"
    return (
        "must be a range or choices, such as {scale: log, low: 1e-4, high: 1}, or a fixed value: a text, a "
        f"number or true/false (got {show(given)})"
    )


def _contradiction(given: Mapping[str, Any]) -> str | None:
    numbers = [key for key in ("scale", "low", "high", "step", "type") if key in given]
    if "choices" in given and numbers:
        return f"has both choices and {numbers[0]}; keep the choices, or the range of numbers"
    return None


_UNKNOWN_GOAL = "does not tell which way it is better; add goal: maximize, or goal: minimize"


def _with_goals(section: Mapping[str, Any], parts: Parts, findings: list[Finding]) -> list[Any]:
    """The metrics with the goal behind each but the first, where its name does not tell it.

    Nothing stands behind them where `goal` is a list, which has one for each.
    """
    given, together = section["metric"], isinstance(section.get("goal"), list | tuple)
    written = list(given[:1])
    for place, metric in enumerate(given[1:], start=1):
        name, behind = parted(metric) if isinstance(metric, str) else ("", None)
        goal = behind or goal_beside(name) or parts.kind.goal(name)
        path = ("search", "metric", place)
        if together and behind:
            findings.append(
                Finding(path, f"has a goal behind it, and so has search.goal; keep one{got(metric)}")
            )
        elif name and goal is None and not together and parts.kind.free:
            message = f"does not tell which way it is better; write {name}:minimize, or {name}:maximize"
            findings.append(Finding(path, message + got(name)))
        # Whatever the file says, and a name alone where that tells the same.
        alone = together or goal in (None, goal_beside(name))
        written.append(name if name and alone else f"{name}:{goal}" if name else metric)
    return written


def _check_goals(section: Mapping[str, Any], findings: list[Finding]) -> None:
    goals, metric = section["goal"], section.get("metric")
    count = len(metric) if isinstance(metric, list | tuple) else 1
    if goals and isinstance(goals, list | tuple) and (count == 1 or len(goals) != count):
        rule = "must be one for each of search.metric, which then all rank; or a single one, for the first"
        findings.append(Finding(("search", "goal"), rule + got(goals), (("search", "metric"),)))


def _search(
    data: Any, parts: Parts, findings: list[Finding], known: Mapping[str, Sequence[str]]
) -> Search | None:
    if not isinstance(data, dict):
        return None
    section = {**parts.kind.search_defaults(parts.objective), **data}
    if isinstance(section.get("metric"), list | tuple):
        section["metric"] = _with_goals(section, parts, findings)
    if "goal" not in section and (metric := first_of(section.get("metric"))):
        goal = parts.kind.goal(metric)
        if goal is None and parts.kind.free:
            findings.append(Finding(("search", "metric"), _UNKNOWN_GOAL + got(metric)))
        section["goal"] = goal or "maximize"
    if "goal" in section:
        _check_goals(section, findings)
    section = without_others(section, findings)
    return check(search_model(section), section, ("search",), findings, known)


def _whole(
    data: dict[str, Any], parts: Parts, findings: list[Finding], known: Mapping[str, Sequence[str]]
) -> Spec | None:
    """The spec of the sections; those with problems of their own are stood in for, so the rest is checked."""
    whole = dict(data)
    if isinstance(data.get("objective"), dict):
        whole["objective"] = parts.objective or parts.kind.model_construct()
    if isinstance(data.get("space"), dict) and data["space"]:
        whole["space"] = parts.space or {"": parameter_model({}).model_construct()}
    if isinstance(data.get("search", {}), dict):
        whole["search"] = parts.search or Search.model_construct()
    if isinstance(data.get("dispatch"), dict):
        dispatch = check(Dispatch, data["dispatch"], ("dispatch",), findings, known) or Dispatch()
        findings += [*slot_problems(dispatch), *cluster_problems(dispatch)]
        whole["dispatch"] = dispatch
    return check(Spec, whole, (), findings, known)


# -- what the file's place in the file system decides -----------------------------------------------------


def _named(data: Any, stem: str) -> tuple[Any, list[Finding]]:
    """`data` with the file's stem as its name, unless it has one; a finding where the stem cannot be one."""
    if not isinstance(data, dict) or "name" in data:
        return data, []
    if re.fullmatch(NAME, stem):
        return {**data, "name": stem}, []
    rule = (
        "is missing, and the file's name is none (letters, digits, '.', '_', '-', at most 64); give name: ..."
    )
    return {**data, "name": "unnamed"}, [Finding(("name",), f"{rule} (got {show(stem)})")]


def _located(data: Any, root: Root) -> Any:
    """`data` with absolute paths, and with what follows from the files of its objective."""
    if not isinstance(data, dict) or not isinstance(data.get("objective"), dict):
        return data
    data = with_cluster(data, root)
    return {**data, "objective": kind_of(data).located(data["objective"], root)}
