"""The settings of `search` that samplers bring: each is declared by its sampler, and checked like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, create_model

from hpsearch.config.fields import WHOLE, OnOff
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Search
from hpsearch.samplers import SAMPLERS, Sampler
from hpsearch.samplers.setting import Named, settings_of

Samplers = tuple[type[Sampler], ...]


def search_model(section: Mapping[str, Any]) -> type[Search]:
    """The section with the settings of the sampler it names; of all of ours where there is none of that name."""
    sampler = section.get("sampler", Search.model_fields["sampler"].default)
    known = isinstance(sampler, str) and sampler in SAMPLERS
    return _model((_sound(sampler),), _ours()) if known else every_setting()


def every_setting(*others: str) -> type[Search]:
    """The section with the settings of all samplers of ours, and of `others` by their names."""
    return _model((*_ours(), *map(_sound, others)), _ours())


def _sound(name: str) -> type[Sampler]:
    """The sampler of that name, whose settings can be those of the section."""
    sampler = SAMPLERS[name]
    with SAMPLERS.blaming(name):
        _model((sampler,), _ours())
    return sampler


def without_others(section: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The section without the settings of samplers that are not chosen, for each of which a finding is added."""
    unknown = {*section} - {*search_model(section).model_fields}
    owners = {key: name for key, name in _owners() if key in unknown} if unknown else {}
    for key, name in owners.items():
        rule = f"is a setting of the sampler {name} alone; choose it with sampler: {name}, or remove {key}"
        findings.append(Finding(("search", key), rule, (("search", "sampler"),)))
    return {key: value for key, value in section.items() if key not in owners}


def _owners() -> Iterator[tuple[str, str]]:
    return (
        (found.name, name) for name, sampler in SAMPLERS.built_in.items() for found in settings_of(sampler)
    )


def _ours() -> Samplers:
    """Those of other packages are only imported where they are chosen."""
    return tuple(SAMPLERS.built_in.values())


@lru_cache
def _model(chosen: Samplers, samplers: Samplers) -> type[Search]:
    """`Search` with the settings of the chosen samplers, after those that go with every one."""
    everywhere = [found for found in _settings(samplers) if found.setting.everywhere]
    own = [found for found in _settings(chosen) if not found.setting.everywhere]
    for found in own:
        if found.name in Search.model_fields:
            raise ValueError(f"its setting {found.name!r} is called as one of every search is")
    settings: dict[str, Any] = {found.name: _field(found) for found in (*everywhere, *own)}
    return create_model(Search.__name__, __base__=Search, __doc__=Search.__doc__, **settings)


def _settings(samplers: Iterable[type[Sampler]]) -> Iterator[Named]:
    return (found for sampler in samplers for found in settings_of(sampler))


def _field(found: Named) -> tuple[Any, Any]:
    """The type and the field of a setting, as a model has them."""
    setting = found.setting
    bounds = Field(ge=setting.least, le=setting.most, gt=setting.above, lt=setting.below)
    kinds = {bool: OnOff, int: Annotated[int, bounds, WHOLE]}
    default = ... if found.default is MISSING else found.default
    return kinds.get(found.kind, Annotated[found.kind, bounds]), Field(
        default=default, description=setting.description
    )
