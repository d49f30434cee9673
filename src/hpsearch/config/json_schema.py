"""The JSON Schema of the YAML, for editors that complete and check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema

from hpsearch.config.messages import model_in
from hpsearch.config.objective import KINDS, ObjectiveSettings
from hpsearch.config.sampler_settings import every_setting
from hpsearch.config.schema import Choices, Dispatch, Fixed, Range, Spec
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
    shortened = [_mapping(model, name) for model in kinds.values() for name in model.short_forms]
    definitions = _Definitions(
        [*kinds.values(), *shortened, Range, Choices, Fixed, search, Dispatch, ObjectiveSettings, whole]
    )
    top = definitions.taken(whole)
    definitions.taken(ObjectiveSettings)
    definitions.taken(Fixed)  # the file has its value alone
    definitions[search]["required"] = []
    _short_forms(top, definitions, kinds)
    return {
        "$schema": _DRAFT,
        "title": "hpsearch configuration",
        **_untitled(top),
        "$defs": _untitled(definitions.by_name),
    }


Kinds = Mapping[str, type[ObjectiveSettings]]
Model = type[BaseModel]


class _Definitions:
    """The definitions of models, each found by the model: classes of two packages may have one name."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._references, schema = models_json_schema([(model, "validation") for model in models])
        self.by_name: dict[str, Any] = schema["$defs"]

    def __getitem__(self, model: Model) -> dict[str, Any]:
        found: dict[str, Any] = self.by_name[self._name(model)]
        return found

    def taken(self, model: Model) -> dict[str, Any]:
        """The definition of the model, which is then one no more."""
        found: dict[str, Any] = self.by_name.pop(self._name(model))
        return found

    def reference(self, model: Model) -> dict[str, Any]:
        """What stands where the model is meant."""
        return self._references[model, "validation"]

    def any_of(self, models: Iterable[Model], description: str | None) -> dict[str, Any]:
        """What stands where one of the models is meant."""
        options = {"anyOf": [self.reference(model) for model in models]}
        return {**options, "description": description} if description else options

    def _name(self, model: Model) -> str:
        reference: str = self.reference(model)["$ref"]
        return reference.removeprefix("#/$defs/")


def _short_forms(top: dict[str, Any], definitions: _Definitions, kinds: Kinds) -> None:
    """What a file may leave out or abbreviate, which the models do not say."""
    sections = top["properties"]
    top["required"] = ["objective", "space"]
    described = sections["objective"]["description"]
    sections["objective"] = definitions.any_of(dict.fromkeys(kinds.values()), described)
    sections["space"] = _space(sections["space"], definitions, kinds)
    top["allOf"] = [_names(kind, model) for kind, model in kinds.items() if not model.free]
    for model in kinds.values():
        fields = definitions[model]["properties"]
        for name, key in model.short_forms.items():
            fields[name] = _or_text(model, name, key, definitions)


def _or_text(
    model: type[ObjectiveSettings], name: str, key: str, definitions: _Definitions
) -> dict[str, Any]:
    """The field `name`, a mapping for whose `key` a text may stand."""
    section = _mapping(model, name)
    text = {"type": "string", "description": section.model_fields[key].description}
    return {
        "anyOf": [text, definitions.reference(section)],
        "description": model.model_fields[name].description,
    }


def _mapping(model: Model, name: str) -> Model:
    """The model of the field `name`, which holds one."""
    section = model_in(model.model_fields[name].annotation)
    assert section is not None
    return section


def _space(described: dict[str, Any], definitions: _Definitions, kinds: Kinds) -> dict[str, Any]:
    names = {
        name: model.model_fields[name].description for model in kinds.values() for name in model.searchable()
    }
    fixed = {"type": ["string", "number", "boolean"], "description": "a fixed value, which is not searched"}
    options = [definitions.reference(Range), definitions.reference(Choices), fixed]
    return {
        "type": "object",
        "description": described["description"],
        "minProperties": 1,
        "additionalProperties": {"anyOf": options},
        "properties": {
            name: {"anyOf": options} | ({"description": text} if text else {}) for name, text in names.items()
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
