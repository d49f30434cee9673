"""Whether the trials that are ranked together ran the same code."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hpsearch.core.verdict import Verdict
from hpsearch.core.words import trials_named
from hpsearch.engine.run import Run
from hpsearch.objectives.code import differences
from hpsearch.runs.codes import Code


def edited(run: Run) -> Verdict | None:
    """Which trials ran which version of the user's code, where those that are ranked ran several."""
    if len(run.codes.versions) < 2:
        return None
    ranked = {standing.trial.number for standing in run.ranked}
    found = run.codes.trials(result for result in run.results if result.trial in ranked)
    used = sorted({place for places in found for place in places})
    if len(used) < 2:
        return None
    ran = [f"{trials_named(trials)} ran {_versions(places)}" for places, trials in found.items()]
    text = (
        f"the code changed during this search ({_files([run.codes.versions[place] for place in used])}), so its "
        f"scores may not compare: {'; '.join(ran)}"
    )
    return Verdict("code", text, "")


def _files(versions: Sequence[Code]) -> str:
    """Those that were edited from one version to the next."""
    return ", ".join(sorted({name for pair in pairwise(versions) for name in differences(*pair)}))


def _versions(places: tuple[int, ...]) -> str:
    numbers = [f"{place + 1}" for place in places]
    return f"version {numbers[0]}" if len(numbers) == 1 else f"versions {' and '.join(numbers)}"
