"""What the data and the files of a search decide, checked before anything runs: with the lines of the YAML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hpsearch.config.network_rules import place, possible
from hpsearch.config.schema import Spec
from hpsearch.config.sources import Finding
from hpsearch.datasets import Prepared
from hpsearch.errors import InputError, SpecError


def check_feasible(spec: Spec, data: Prepared) -> None:
    """SpecError with every setting that this data, or a file it names, makes impossible."""
    findings = [*_weights(spec, data), *_rows(spec, data)]
    if findings:
        raise SpecError(spec.source.problems(findings))


def _weights(spec: Spec, data: Prepared) -> Iterator[Finding]:
    """Pretrained weights that are missing or of another shape, for every network the search may build."""
    objective, space = spec.objective, spec.space
    if "file" not in possible("initializer", objective, space) or objective.init_file is None:
        return
    from hpsearch.nn import Network, load_weights
    from hpsearch.objectives.mlp import architecture

    shapes = ("activation", "batch_norm")
    fixed = objective.model_dump()
    for values in product(*(sorted(possible(name, objective, space)) for name in shapes)):
        config = {**fixed, **dict(zip(shapes, values, strict=True)), "initializer": "file"}
        try:
            load_weights(objective.init_file, Network(architecture(config, data)).layout)
        except InputError as error:
            yield Finding(("objective", "init_file"), str(error), (place("initializer", space),))


def _rows(spec: Spec, data: Prepared) -> Iterator[Finding]:
    """Batch normalization of a single training row."""
    if len(data.X_train) < 2 and possible("batch_norm", spec.objective, spec.space) - {"off"}:
        where = place("batch_norm", spec.space)
        yield Finding(where, f"needs at least 2 training rows; this data has {len(data.X_train)}")
