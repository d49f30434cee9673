"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from hpsearch.cli import completion
from hpsearch.core import errors
from hpsearch.core.places import DEFAULT_RUNS

Named = TypeVar("Named", bound=StrEnum)


def _whole(least: int) -> Callable[[str | int], int]:
    """Reads a whole number; the message has its value, unlike that of the library."""

    def whole(value: str | int) -> int:
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise typer.BadParameter(f"must be a whole number from {least} on (got {str(value)!r:.40})")
        return number

    return whole


def _number(value: str | float) -> float:
    try:
        return float(value)
    except ValueError:
        raise typer.BadParameter(f"must be a number to compare with (got {str(value)!r:.40})") from None


def one_of(names: type[Named]) -> Callable[[str], Named]:
    """Reads one of a few words, with the message that the YAML has for them."""

    def named(value: str) -> Named:
        try:
            return names(value)
        except ValueError:
            known = tuple(names)
            rule = f"{errors.one_of(known)} (got {value!r:.40}){errors.did_you_mean(value, known)}"
            raise typer.BadParameter(rule) from None

    return named


COUNT, NUMBER, REAL = _whole(1), _whole(0), _number
Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The YAML file of the search.")]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's name below the runs folder, or its path.",
        autocompletion=completion.runs,
    ),
]
Trial = Annotated[
    int,
    typer.Argument(
        metavar="TRIAL",
        parser=NUMBER,
        help="The trial's number, as `show` has it.",
        autocompletion=completion.trials,
    ),
]
RunsDir = Annotated[Path, typer.Option("--runs-dir", metavar="DIR", help="Where run folders are kept.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Replace any key of the YAML: search.trials=20, lr=0.01."
    ),
]
Workers = Annotated[
    str | None, typer.Option("--workers", metavar="N", help="Worker processes; auto: one per core.")
]
Executor = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="NAME",
        help="Where training runs: local, serial, dask or srun.",
        autocompletion=completion.executors,
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Of a Dask cluster: tls://HOST:PORT, or the file that it wrote.",
    ),
]
Jobqueue = Annotated[
    str | None,
    typer.Option(
        "--jobqueue", metavar="FILE", help="Ask Slurm or another queue for workers, as a YAML file says."
    ),
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure", help="Accept plain tcp:// to another machine: whoever reaches the port can run code."
    ),
]
Trials = Annotated[
    str | None,
    typer.Option("--trials", metavar="N", help="Configurations to try in all, earlier ones included."),
]
TimeLimit = Annotated[
    str | None,
    typer.Option("--time-limit", metavar="TIME", help="Stop, resumably, after 30s, 10m, 2h or 1d."),
]
MaxFailures = Annotated[
    str | None,
    typer.Option(
        "--max-failures",
        metavar="N",
        help="Give up, resumably, after N failed trials; auto: if the first 5 fail the same way; off: never.",
    ),
]
Seed = Annotated[str | None, typer.Option("--seed", metavar="N", help="Everything random derives from it.")]
FailUnder = Annotated[
    float | None,
    typer.Option(
        "--fail-under",
        metavar="VALUE",
        parser=_number,
        help="Exit with status 1 unless the best is at least as good.",
    ),
]


class Complete(StrEnum):
    """What can be required of the end of a search."""

    complete = "complete"


Require = Annotated[
    Complete | None,
    typer.Option(
        "--require",
        metavar="complete",
        parser=one_of(Complete),
        help="Exit with status 1 unless the search has come to its end.",
    ),
]
MaxFailed = Annotated[
    int | None,
    typer.Option(
        "--max-failed",
        metavar="N",
        parser=NUMBER,
        help="Exit with status 1 if more trials failed, crashed or were too slow.",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        "--baseline",
        metavar="RUN|FILE",
        help="Exit with status 1 if the best is worse than that of a run, or of what `show --json` printed.",
        autocompletion=completion.runs,
    ),
]
Tolerance = Annotated[
    str | None,
    typer.Option(
        "--tolerance",
        metavar="noise|VALUE",
        help="By how much it may be worse than --baseline: as much as is noise, the default, or a number.",
    ),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the gates as a JUnit report.")
]
Summary = Annotated[
    Path | None, typer.Option("--summary", metavar="FILE", help="Write a summary in Markdown.")
]
Metrics = Annotated[
    Path | None, typer.Option("--metrics", metavar="FILE", help="Write the figures as OpenMetrics text.")
]
Enqueue = Annotated[
    list[str] | None,
    typer.Option(
        "--enqueue", metavar="FILE", help="Try the configurations of a YAML file first, such as a best.yaml."
    ),
]
Pareto = Annotated[
    str | None,
    typer.Option(
        "--pareto",
        metavar="A,B",
        help="The trials that no other beats in two or three things: metrics, parameters, seconds, epochs; "
        "A:minimize where a name does not tell.",
    ),
]
LearnFrom = Annotated[
    list[str] | None,
    typer.Option(
        "--learn-from",
        metavar="RUN",
        help="Begin with what an earlier run found; can be given several times.",
        autocompletion=completion.runs,
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it exists.")]
Picture = Annotated[
    Path | None,
    typer.Option(
        "--picture", metavar="FILE", help="Draw it as .svg or .png; - for plots of characters, here."
    ),
]
Trust = Annotated[
    bool,
    typer.Option(
        "--trust", help="Run the code of a run folder that somebody else, or another machine, has made."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages, results only.")]
Json = Annotated[bool, typer.Option("--json", help="Results as one JSON document.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

RUNS = Path(DEFAULT_RUNS)


def overrides(
    sets: list[str] | None = None,
    *,
    workers: str | None = None,
    executor: str | None = None,
    scheduler: str | None = None,
    jobqueue: str | None = None,
    insecure: bool = False,
    trials: str | None = None,
    time_limit: str | None = None,
    max_failures: str | None = None,
    seed: str | None = None,
) -> list[tuple[str, str]]:
    """Options as (how the user wrote it, key=value of the YAML), --set first so that an option wins."""
    by_option = {
        "--workers": ("dispatch.workers", workers),
        "--executor": ("dispatch.executor", executor),
        "--scheduler": ("dispatch.scheduler", scheduler),
        "--jobqueue": ("dispatch.jobqueue", jobqueue),
        "--trials": ("search.trials", trials),
        "--time-limit": ("search.time_limit", time_limit),
        "--max-failures": ("search.max_failures", max_failures),
        "--seed": ("seed", seed),
    }
    pairs = [(f"--set {text}", text) for text in sets or []]
    pairs += [
        (f"{option} {value}", f"{key}={value}")
        for option, (key, value) in by_option.items()
        if value is not None
    ]
    return [*pairs, *([("--insecure", "dispatch.insecure=true")] if insecure else [])]
