"""The JSON Schema of the YAML, for editors that complete and check it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema

from hpsearch.config.messages import model_in
from hpsearch.config.objective import KINDS, ObjectiveSettings
from hpsearch.config.sampler_settings import every_setting
from hpsearch.config.schema import Choices, Dispatch, Range, Spec
from hpsearch.samplers import SAMPLERS

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a configuration, with all that other packages add.

    Raises:
        PluginBroken: some of that cannot be imported.
    """
    kinds = {name: KINDS[name] for name in KINDS}
    search = every_setting(*SAMPLERS.added)
    section: Any = (search, Spec.model_fields["search"])
    whole = create_model(Spec.__name__, __base__=Spec, __doc__=Spec.__doc__, search=section)
    models: list[type[BaseModel]] = [*kinds.values(), Range, Choices, search, Dispatch, whole]
    _, schema = models_json_schema(
        [(model, "validation") for model in models], title="hpsearch configuration"
    )
    definitions: dict[str, Any] = schema["$defs"]
    top = definitions.pop("Spec")
    _short_forms(top, definitions, kinds)
    return {
        "$schema": _DRAFT,
        "title": "hpsearch configuration",
        **_untitled(top),
        "$defs": _untitled(definitions),
    }


Kinds = Mapping[str, type[ObjectiveSettings]]


def _short_forms(top: dict[str, Any], definitions: dict[str, Any], kinds: Kinds) -> None:
    """What a file may leave out or abbreviate, which the models do not say."""
    sections = top["properties"]
    top["required"] = ["objective", "space"]
    sections["objective"] = _any_of([model.__name__ for model in kinds.values()], sections["objective"])
    sections["space"] = _space(sections["space"], kinds)
    top["allOf"] = [_names(kind, model) for kind, model in kinds.items() if not model.free]
    definitions.pop(ObjectiveSettings.__name__, None)
    definitions["Search"]["required"] = []
    for model in kinds.values():
        fields = definitions[model.__name__]["properties"]
        for name, key in model.short_forms.items():
            fields[name] = _or_text(model, name, key)


def _or_text(model: type[ObjectiveSettings], name: str, key: str) -> dict[str, Any]:
    """The field `name`, a mapping for whose `key` a text may stand."""
    field = model.model_fields[name]
    section = model_in(field.annotation)
    assert section is not None
    text = {"type": "string", "description": section.model_fields[key].description}
    return {
        "anyOf": [text, {"$ref": f"#/$defs/{section.__name__}"}],
        "description": field.description,
    }


def _any_of(names: list[str], described: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names], "description": described["description"]}


def _space(described: dict[str, Any], kinds: Kinds) -> dict[str, Any]:
    names = {
        name: model.model_fields[name].description for model in kinds.values() for name in model.searchable()
    }
    return {
        "type": "object",
        "description": described["description"],
        "minProperties": 1,
        "additionalProperties": {"anyOf": [{"$ref": "#/$defs/Range"}, {"$ref": "#/$defs/Choices"}]},
        "properties": {
            name: _any_of(["Range", "Choices"], {"description": text}) for name, text in names.items()
        },
    }


def _names(kind: str, model: type[ObjectiveSettings]) -> dict[str, Any]:
    """That the space of this kind has no names but those of its hyperparameters."""
    of_this_kind = {
        "required": ["objective"],
        "properties": {"objective": {"properties": {"kind": {"const": kind}}}},
    }
    names = {"properties": {"space": {"propertyNames": {"enum": list(model.searchable())}}}}
    return {"if": of_this_kind, "then": names}


def _untitled(schema: Any) -> Any:
    """Without the titles that only repeat the names of the fields."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)
    }
