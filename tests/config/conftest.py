from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch.config import Spec, load_spec
from hpsearch.core.errors import SpecError

MINIMAL: Mapping[str, Any] = {
    "objective": {"kind": "mlp", "dataset": "digits"},
    "space": {"lr": {"scale": "log", "low": 0.0001, "high": 1.0}},
}

Load = Callable[..., Spec]
Problems = Callable[..., list[str]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load the text, or the minimal configuration with some sections replaced, from a file config.yaml."""

    def run(text: str | None = None, *overrides: str, **sections: Any) -> Spec:
        path = tmp_path / "config.yaml"
        data = yaml.safe_dump({**MINIMAL, **sections}, sort_keys=False)
        path.write_text(data if text is None else text, encoding="utf-8")
        return load_spec(path, overrides)

    return run


@pytest.fixture
def problems(load: Load, tmp_path: Path) -> Problems:
    """The problems of what `load` is given, without the folder of the file."""

    def run(text: str | None = None, *overrides: str, **sections: Any) -> list[str]:
        with pytest.raises(SpecError) as error:
            load(text, *overrides, **sections)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in error.value.problems]

    return run
