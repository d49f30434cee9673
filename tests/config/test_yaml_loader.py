from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.config.yaml import loader as yaml_loader
from hpsearch.config.yaml.loader import MOST_BYTES, load_yaml, parse_yaml
from hpsearch.core.errors import InputError, SpecError


@pytest.fixture(params=["C", "Python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: the one in C is not everywhere."""
    if request.param == "Python":
        monkeypatch.setattr(yaml_loader, "_LOADER", yaml.SafeLoader)


def found(text: str) -> list[str]:
    with pytest.raises(SpecError) as error:
        parse_yaml(text, "f")
    return str(error.value).split("\n")


def test_values_and_lines() -> None:
    document = parse_yaml("a: 1\nb:\n  c: [x,\n    'no']\n  d: {e: 1e-4}\n", "f")
    assert document.data == {"a": 1, "b": {"c": ["x", "no"], "d": {"e": 1e-4}}}
    assert document.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 3,
        ("b", "c", 1): 4,
        ("b", "d"): 5,
        ("b", "d", "e"): 5,
    }


def test_quoted_scalars_are_text() -> None:
    assert parse_yaml("- \"1\"\n- '~'\n- |-\n  2\n- >-\n  true\n", "f").data == ["1", "~", "2", "true"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2\n", "f:2: a: is given twice, first in line 1"),
        ("a: {b: 1,\n b: 2}\n", "f:2: a.b: is given twice, first in line 1"),
        ("a: &x 1\n", "f:1: anchors are not allowed; remove &x"),
        ("a: !!str 1\n", "f:1: tags are not allowed; remove 'tag:yaml.org,2002:str'"),
        ("a: !!python/object/apply:os.system [ls]\n", "f:1: tags are not allowed"),
        ("a: ! 1\n", "f:1: tags are not allowed; remove '!'"),
        ("a:\n  <<: {b: 1}\n", "f:2: a: merge keys (<<) are not allowed; write the values out"),
        ("1: a\n", "f:1: a key must be a name (got 1); put it in quotes"),
        ("true: a\n", "f:1: a key must be a name (got true); put it in quotes"),
        ("? [a, b]\n: c\n", "f:1: a key must be a name, not a list or a mapping"),
        ("a: 1\n---\nb: 1\n", "f:2: more than one document; keep one"),
        ("a: 1e999\n", "f:1: a: is too large; numbers may go up to about 1.8e308 (got '1e999')"),
        (
            "a: " + "9" * 5000,
            "f:1: a: is too large; whole numbers may go up to 9223372036854775807 (got '999",
        ),
        ("a:\n\tb: 1\n", "f:2: is not valid YAML: a value cannot start here; tabs cannot indent"),
        ("a: b: c\n", "f:1: is not valid YAML: a second ': ' in one line"),
        ("a: [1, 2\nb: 3\n", "is not valid YAML: a [ is not closed"),
        ("a: 'x\n", "is not valid YAML: a quotation mark is not closed"),
        ("", "f: is empty"),
        ("# nothing\n", "f: is empty"),
        ("--- ~\n", "f: is empty"),
        ("a: \x07\n", "f:1: has the control character U+0007; remove it"),
    ],
)
def test_what_is_not_allowed(text: str, problem: str) -> None:
    assert problem in found(text)[0]


def test_aliases_are_named_beside_their_anchor() -> None:
    problems = found("a: &x [1]\nb: *x\n")
    assert problems[0] == "f:1: anchors are not allowed; remove &x"
    assert "f:2:" in problems[1]
    assert "aliases are not allowed" in problems[1]


def test_every_problem_at_once_in_the_order_of_the_file() -> None:
    text = "a: 1\na: 2\n2: x\nb: !!int 3\nc: {d: 1, d: 2}\ne: 1e999\n"
    assert [problem.split(":")[1] for problem in found(text)] == ["2", "3", "4", "5", "6"]


def test_what_stands_below_an_unusable_key_is_checked_and_leaves_no_trace() -> None:
    problems = found("1: {a: 1, a: 2}\n? {b: 1, b: 2}\n: [!!str x]\nc: 1\n")
    assert len(problems) == 5


@pytest.mark.parametrize("text", ["[" * 32 + "]" * 32, "{a: " * 32 + "1" + "}" * 32])
def test_32_levels_are_fine(text: str) -> None:
    parse_yaml(text, "f")


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[yaml.Event]:
    """The events that were asked for; all of a bomb's would take too long."""
    asked: list[yaml.Event] = []
    events = yaml_loader._events

    def noted(text: str) -> Iterator[yaml.Event]:
        for event in events(text):
            asked.append(event)
            yield event

    monkeypatch.setattr(yaml_loader, "_events", noted)
    return asked


DEEP = ["[" * 33 + "]" * 33, "[" * 1_001, "[" * 10_000, "- " * 5_000 + "1", "{a: " * 400, "[{a: " * 300]
TOO_DEEP = ["f:1: is nested deeper than 32 levels"]


@pytest.mark.parametrize("text", DEEP)
def test_deeper_nesting_is_one_quick_problem(text: str, taken: list[yaml.Event]) -> None:
    assert found(text) == TOO_DEEP
    assert len(taken) < 120


class ShallowLoader(yaml.SafeLoader):
    """A parser that gives up at a depth of its own, with words of its own, before it has given any event."""

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:
        if self.flow_level == 50:
            raise yaml.scanner.ScannerError("far down", self.get_mark(), "I give up", self.get_mark())
        super().fetch_flow_collection_start(TokenClass)


@pytest.mark.parametrize("text", DEEP)
def test_a_limit_of_the_parser_is_not_heard_of(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_loader, "_LOADER", ShallowLoader)
    assert found(text) == TOO_DEEP


def test_a_level_too_many_does_not_hide_what_stands_before_it() -> None:
    assert found("a: !!str 1\nb: " + "[" * 2_000) == [
        "f:1: tags are not allowed; remove 'tag:yaml.org,2002:str'",
        "f:2: is nested deeper than 32 levels",
    ]


def test_a_billion_laughs_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    problems = found(bomb)
    assert problems[-1].startswith("and ")
    assert all("not allowed" in problem for problem in problems[:-1])


# -- files -------------------------------------------------------------------------------------------------


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert load_yaml(written(tmp_path / "f", b"\xef\xbb\xbfa: \xc3\xa9\r\n")).data == {"a": "é"}


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("a: 1\n".encode("utf-16"), 1, "is UTF-16 text; save it as UTF-8"),
        (b"a: 1\nb: \0\n", 2, "has a NUL byte; is it text, saved as UTF-8?"),
        (b"a: 1\r\nb: caf\xe9\n", 2, "is not UTF-8 text (byte 0xe9); save it as UTF-8"),
    ],
)
def test_other_encodings_are_named_with_the_line(
    tmp_path: Path, content: bytes, line: int, message: str
) -> None:
    path = written(tmp_path / "f", content)
    with pytest.raises(SpecError) as error:
        load_yaml(path)
    assert str(error.value) == f"{path}:{line}: {message}"


def test_one_mebibyte_is_fine_and_a_byte_more_is_not(tmp_path: Path) -> None:
    path = written(tmp_path / "f", b"a: 1 #".ljust(MOST_BYTES, b"x"))
    assert load_yaml(path).data == {"a": 1}
    written(path, b"a: 1 #".ljust(MOST_BYTES + 1, b"x"))
    with pytest.raises(InputError, match="is larger than 1 MiB"):
        load_yaml(path)


def test_an_endless_file_is_not_read() -> None:
    with pytest.raises(InputError, match="is a device or pipe"):
        load_yaml("/dev/zero")


def test_a_file_that_is_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("configs/courses/deep.yaml", "configs/digits.yaml", "old/digits.yml", "data.yaml"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    told = {
        "digits": "digits: no such file; there is configs/digits.yaml, old/digits.yml",
        "deep.yaml": "deep.yaml: no such file; there is configs/courses/deep.yaml",
        "data": "data: no such file; did you mean 'data.yaml'?",
        "new one": "new one: no such file; hpsearch init -o 'new one' writes one to start from",
        "no/new": "no/new: no such file",
    }
    for asked, said in told.items():
        with pytest.raises(InputError) as refused:
            load_yaml(asked)
        assert str(refused.value) == said


def test_letters_that_the_locale_could_not_read() -> None:
    with pytest.raises(SpecError, match="locale cannot read; begin with: export"):
        parse_yaml("a\udcc3\udca4", "")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_yaml(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match="is a folder"):
        load_yaml(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load_yaml("a\0b")
    with pytest.raises(InputError, match="cannot be read"):
        load_yaml(written(tmp_path / "f", b"") / "g")


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!#|>'\"?,% \n\t~<01e.é"), max_size=60))
def test_any_text_is_a_document_or_a_problem(text: str) -> None:
    try:
        document = parse_yaml(text, "f")
    except SpecError as error:
        assert error.problems
    else:
        assert document.data is not None
