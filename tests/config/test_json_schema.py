from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from hpsearch.config import json_schema
from hpsearch.config.objective import KINDS
from hpsearch.config.schema import Spec
from hpsearch.objectives.kind import Kind
from hpsearch.objectives.network.settings import NetworkSettings

SCHEMA = json_schema()


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every property of every object, with its path."""
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if isinstance(value, dict | list):
            if path.endswith("/properties"):
                yield f"{path}/{key}", value
            yield from nodes(value, f"{path}/{key}")


def resolved(reference: str) -> dict[str, Any]:
    found: Any = SCHEMA
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def references(schema: Any) -> Iterator[str]:
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "$ref":
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


def test_it_is_json_and_names_its_dialect() -> None:
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_reference_leads_somewhere() -> None:
    assert {resolved(reference)["type"] for reference in references(SCHEMA)} == {"object"}


def test_every_property_is_described() -> None:
    described = {key: value for key, value in SCHEMA.items() if key != "allOf"}  # rules describe nothing
    assert [path for path, node in nodes(described) if not node.get("description")] == []


def test_unknown_keys_are_refused_everywhere() -> None:
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    assert all(schema["additionalProperties"] is False for schema in objects)


def test_only_the_built_in_network_restricts_the_names_of_the_space() -> None:
    (rule,) = SCHEMA["allOf"]
    assert rule["if"]["properties"]["objective"]["properties"]["kind"] == {"const": "mlp"}
    names = rule["then"]["properties"]["space"]["propertyNames"]["enum"]
    assert tuple(names) == NetworkSettings.searchable()


def test_only_what_has_no_default_is_required() -> None:
    assert SCHEMA["required"] == ["objective", "space"]
    required = {name: schema.get("required", []) for name, schema in SCHEMA["$defs"].items()}
    assert required == {
        "NetworkSettings": ["kind", "dataset"],
        "FunctionSettings": ["kind", "function"],
        "CommandSettings": ["kind", "command"],
        "ConfigFile": ["from"],
        "ReadSettings": [],
        "Dataset": ["source"],
        "CategoriesSettings": [],
        "Range": ["scale", "low", "high"],
        "Choices": ["choices"],
        "Search": [],
        "Halving": [],
        "Tls": ["ca", "cert", "key"],
        "Confirm": [],
        "Dispatch": [],
        "Augment": [],
        "FoldsSettings": ["folds"],
    }


def test_defaults_and_bounds() -> None:
    fields = SCHEMA["$defs"]["NetworkSettings"]["properties"]
    assert fields["lr"]["default"] == 0.01
    assert fields["lr"]["exclusiveMinimum"] == 0
    assert (fields["momentum"]["minimum"], fields["momentum"]["exclusiveMaximum"]) == (0, 1)
    assert fields["hidden"]["items"] == {"type": "integer", "minimum": 1, "maximum": 16384}
    assert fields["optimizer"]["enum"][:3] == ["sgd", "momentum", "nesterov"]


def test_short_forms_durations_and_words() -> None:
    search = SCHEMA["$defs"]["Search"]["properties"]
    assert {"enum": ["on", "off", True, False]} in search["halving"]["anyOf"]
    assert {"$ref": "#/$defs/Halving"} in search["halving"]["anyOf"]
    assert search["time_limit"]["examples"] == ["30s", "10m", "2h", "1d"]
    assert SCHEMA["$defs"]["NetworkSettings"]["properties"]["dataset"]["anyOf"][0]["type"] == "string"


@pytest.mark.parametrize("name", NetworkSettings.searchable())
def test_the_space_completes_every_hyperparameter(name: str) -> None:
    options = SCHEMA["properties"]["space"]["properties"][name]["anyOf"]
    assert [option["$ref"].rsplit("/", 1)[1] for option in options[:-1]] == ["Range", "Choices"]
    assert options[-1]["type"] == ["string", "number", "boolean"]  # a fixed value


def test_every_section_is_there() -> None:
    assert list(SCHEMA["properties"]) == list(Spec.model_fields)


def called_as_ours(deepest: float) -> type[Kind]:
    """A kind of objective as another package may bring one, with a field that nobody describes."""

    class CommandSettings(Kind):
        kind: Literal["well", "shaft", "pit"]
        depth: float = deepest

    return CommandSettings


def test_kinds_of_other_packages_may_be_called_as_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    well, shaft, ours = called_as_ours(10.0), called_as_ours(20.0), len(KINDS.built_in)
    for name, added in {"well": well, "shaft": shaft, "pit": shaft}.items():
        monkeypatch.setitem(KINDS._found, name, added)
    schema = json_schema()
    kinds = [option["$ref"].rsplit("/", 1)[1] for option in schema["properties"]["objective"]["anyOf"]]
    fields = [schema["$defs"][name]["properties"] for name in kinds]
    assert [field["depth"]["default"] for field in fields[ours:]] == [20.0, 10.0]  # pit is shaft; by names
    assert ["command" in field for field in fields].count(True) == 1
    assert "description" not in schema["properties"]["space"]["properties"]["depth"]
