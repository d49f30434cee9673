from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.core.errors import InputError
from hpsearch.objectives.function.signature import Reference, Signature

SOURCE = """\
raise SystemExit("this file must not be run")
import os as system
def train(lr, *, width=3, epochs): ...
@decorated
def wrapped(lr): ...
async def later(lr): ...
def anything(lr=0, **more): ...
def yielding(lr):
    for epoch in range(9):
        yield epoch
def around(lr):
    def inner(): yield 1
    return sum(inner())
if True:
    def inner(lr): ...
call = train
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(SOURCE)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("raise SystemExit('nor this one')")
    (tmp_path / "package" / "module.py").write_text(SOURCE)
    return tmp_path


@pytest.mark.parametrize("module", ["code.py", "./code.py", "code", "package.module", "package/module.py"])
def test_a_signature_is_read_and_nothing_is_run(module: str, folder: Path) -> None:
    found = Reference.parsed(f"{module}:train", folder).signature()
    assert found == Signature(("lr", "width", "epochs"), ("lr", "epochs"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wrapped", Signature(("lr",), ("lr",), sure=False)),
        ("anything", Signature(("lr",), anything=True)),
        ("inner", Signature(("lr",), ("lr",))),
        ("yielding", Signature(("lr",), ("lr",), yields=True)),
        ("around", Signature(("lr",), ("lr",))),
        ("call", None),
        ("system", None),
    ],
)
def test_what_a_definition_does_not_tell_is_not_guessed(
    name: str, expected: Signature | None, folder: Path
) -> None:
    assert Reference.parsed(f"code.py:{name}", folder).signature() == expected


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("code.py", "must be FILE:FUNCTION"),
        ("cod.py:train", "there is no file .*cod.py; did you mean 'code.py'?"),
        ("code.py:trian", "defines no 'trian'; did you mean 'train'?"),
        ("code.py:later", "async"),
        ("package.modul:train", "there is no module 'package.modul'"),
    ],
)
def test_mistakes_are_named(reference: str, words: str, folder: Path) -> None:
    with pytest.raises(InputError, match=words):
        Reference.parsed(reference, folder).signature()
