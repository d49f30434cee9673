"""The file as text: encodings, syntax, what YAML offers and hpsearch refuses, and bombs."""

from __future__ import annotations

import os
from pathlib import Path

from tests.corpus.case import CHECK, GOOD, Case, edit, fine, fine_edit, text

_LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}, *a{level - 1}, *a{level - 1}]\n"
    for level in range(1, 30)
)
_MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{level}: &a{level} {{<<: [*a{level - 1}, *a{level - 1}]}}\n" for level in range(1, 30)
)
_RUN = "!!python/object/apply:os.system ['touch pwned']"
_MANY = "".join(f"k{index}: {index}\n" for index in range(60_000))
_MANY_NAMES = GOOD.replace("  lr:", "".join(f"  lrr{index}: 1\n" for index in range(20_000)) + "  lr:")

CASES: dict[str, Case] = {
    # -- encodings and bytes
    "nothing": text("", "config.yaml", "is empty", "objective and space"),
    "comments only": text("# later\n\n", "config.yaml", "is empty"),
    "a NUL": text(b"name: a\0b\n", "config.yaml:1", "NUL byte"),
    "UTF-16": text(GOOD.encode("utf-16"), "config.yaml:1", "UTF-16", "save it as UTF-8"),
    "Latin-1": text(
        "name: small\n# caf\xe9\n".encode("latin-1"), "config.yaml:2", "0xe9", "save it as UTF-8"
    ),
    "a control character": text("name: small\n# \x1b[31mred\n", "config.yaml:2", "U+001B", "remove it"),
    "a picture": text(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "config.yaml:", "UTF-8"),
    "a gzip file": text(b"\x1f\x8b\x08\0\0\0\0\0\0\3", "config.yaml:1", "UTF-8"),
    "more than 1 MiB": text("# " + "x" * 2**20, "config.yaml", "larger than 1 MiB"),
    # -- syntax
    "a bracket that is not closed": text("space: [\n", "config.yaml:", "not valid YAML", "[ is not closed"),
    "a brace that is not closed": text("space: {a: 1\n", "config.yaml:", "{ is not closed"),
    "a comma too many": text("space: [1, , 2]\n", "config.yaml:1", "a value is missing"),
    "a quotation mark that is not closed": text('name: "small\n', "config.yaml:", "quotation mark"),
    "a tab that indents": text("objective:\n\tkind: mlp\n", "config.yaml:2", "tabs cannot indent"),
    "two colons": text("name: small: other\n", "config.yaml:1", "quotes around"),
    "indented anyhow": text("objective:\n    kind: mlp\n  dataset: digits\n", "config.yaml:3", "indentation"),
    "a key without a colon": text(
        "objective:\n  kind: mlp\n  dataset\n", "config.yaml:", "a key without ': '"
    ),
    "an unknown escape": text('name: "a\\q"\n', "config.yaml:1", "unknown escape"),
    "half an escape": text('name: "\\x4"\n', "config.yaml:1", "escape"),
    "a percent sign first": text("%name: small\n", "config.yaml:1", "quotes"),
    "a YAML of the future": text("%YAML 3.0\n---\nname: small\n", "config.yaml:1", "%YAML"),
    "an at sign first": text("name: @home\n", "config.yaml:1", "needs quotes"),
    "a list in a mapping": text("objective:\n  kind: mlp\n  - dataset\n", "config.yaml:3", "indentation"),
    "a dash in a value": text("name: - small\n", "config.yaml:1", "list", "own line"),
    "a question mark": text("? [a, b]\n: 1\n", "config.yaml:1", "a key must be a name"),
    "two documents": edit("name: small", "name: small\n---\nname: other", "config.yaml:2", "keep one"),
    "a word": text("hello\n", "config.yaml", "must be a mapping", "(got 'hello')"),
    "a list": text("- a\n- b\n", "config.yaml", "must be a mapping", "[a, b]"),
    "a number as key": edit("name: small", "1: small", "config.yaml:1", "must be a name (got 1)", "quotes"),
    "a key given twice": edit(
        "name: small", "name: small\nname: other", "config.yaml:2: name", "first in line 1"
    ),
    # -- references, tags and bombs
    "an alias bomb": text(_LAUGHS, "config.yaml:1", "anchors are not allowed; remove &a0"),
    "a merge bomb": text(_MERGES, "config.yaml:2", "merge keys (<<) are not allowed"),
    "an alias of nothing": text("name: *other\n", "config.yaml:1", "aliases"),
    "an alias of itself": text("name: &a [*a]\n", "config.yaml:1", "anchors are not allowed"),
    "a tag that runs a program": text(
        f"name: {_RUN}\n", "config.yaml:1", "tags are not allowed", "os.system"
    ),
    "a tag that makes an object": text(
        "name: !!python/object/new:subprocess.Popen [[touch, pwned]]\n",
        "config.yaml:1",
        "tags are not allowed",
    ),
    "a tag of one's own": edit("name: small", "name: !secret small", "config.yaml:1", "tags are not allowed"),
    "a long list of what is not known": text(
        "".join(f"k{index}: 1\n" for index in range(20_000)) + "space:\n",
        "config.yaml:1: k0",
        "and 19952 more problems",
    ),
    "a long list of somebody's settings": text(
        "".join(f"k{index}: 1\n" for index in range(20_000)),
        "config.yaml: has neither objective nor space",
        "hpsearch init 'COMMAND' -o search.yaml",
    ),
    "a tag with a handle": text("%TAG ! tag:evil,2000:\n---\nname: !x small\n", "config.yaml:3", "tags"),
    "brackets a hundred thousand deep": text("[" * 100_000, "config.yaml:1", "deeper than 32"),
    "braces a hundred thousand deep": text("{a: " * 100_000, "config.yaml:1", "deeper than 32"),
    "lists ten thousand deep": text("- " * 10_000 + "1\n", "config.yaml:1", "deeper than 32"),
    "sixty thousand unknown keys": text(_MANY, "config.yaml:25000: holds more than 50,000 keys and values"),
    "twenty thousand misspelt names": text(_MANY_NAMES, "config.yaml:4: space.lrr0", "more problems"),
    "a key of a megabyte": text(
        "k" * 1_000_000 + ": 1\n", "config.yaml:1", "not valid YAML", "more than 1,024 letters"
    ),
    "a name of a megabyte": edit("small", "x" * 1_000_000, "config.yaml:1: name", "up to 64 letters", "..."),
    # -- files that are none
    "a folder": text(Path.mkdir, "config.yaml", "is a folder"),
    "a FIFO": text(os.mkfifo, "config.yaml", "is a device or pipe", "file"),
    "an endless device": Case(("/dev/zero", "is a device or pipe"), ("check", "/dev/zero")),
    "an empty device": Case(("/dev/null", "is a device or pipe"), ("check", "/dev/null")),
    "standard input": Case(
        ("/dev/stdin", "is a device or pipe"), ("check", "/dev/stdin"), given=GOOD.encode()
    ),
    "a link to nothing": text(lambda path: path.symlink_to("nowhere"), "config.yaml", "no such file"),
    "a link to itself": text(lambda path: path.symlink_to("config.yaml"), "config.yaml", "links"),
    "a name with a NUL in a file": edit("small", '"a\\0b"', "config.yaml:1: name", "\\x00"),
    # -- right, though it looks odd
    "fine: a byte order mark": fine(b"\xef\xbb\xbf" + GOOD.encode(), "fine"),
    "fine: Windows line ends": fine(GOOD.replace("\n", "\r\n"), "fine"),
    "fine: old Macintosh line ends": fine(GOOD.replace("\n", "\r"), "fine"),
    "fine: no line end at the end": fine(GOOD.rstrip("\n"), "fine"),
    "fine: trailing blanks": fine(GOOD.replace("\n", "  \t\n"), "fine"),
    "fine: tabs in a comment": fine_edit("name: small", "name: small\t#\ta\tcomment", "fine"),
    "fine: document marks": fine(f"---\n{GOOD}...\n", "fine"),
    "fine: YAML 1.2 said": fine(f"%YAML 1.2\n---\n{GOOD}", "fine"),
    "fine: an exponent without a dot": fine_edit("low: 1e-3", "low: 1e-4", "log, 0.0001 to 1"),
    "fine: numbers with a plus, a dot, an exponent": fine_edit("low: 1e-3", "low: +.1E-2", "log, 0.001 to 1"),
    "fine: a number that looks octal": fine_edit("trials: 14", "trials: 014", "14 trials"),
    "fine: a count with an exponent": fine_edit("trials: 14", "trials: 1e1", "10 trials"),
    "fine: a hexadecimal count": fine_edit("trials: 14", "trials: 0xE", "14 trials"),
    "fine: quoted keys": fine_edit("name: small", "\"name\": 'small'", "fine"),
    "fine: off is a word": fine_edit("confirm: {top: 2, seeds: 2}", "confirm: off", "fine"),
    "fine: a name that looks like a number": fine_edit("name: small", 'name: "1e3"', "fine"),
    "fine: a block and a flow mapping": fine_edit(
        "{scale: log, low: 1e-3, high: 1}", "\n    scale: log\n    low: 1e-3\n    high: 1", "fine"
    ),
    "fine: words beyond ASCII": fine_edit("name: small", "name: small # größer, より大きい, أكبر", "fine"),
    "fine: a link to a file": Case(
        ("fine",),
        CHECK,
        {"real.yaml": GOOD, "config.yaml": lambda path: path.symlink_to("real.yaml")},
        status=0,
    ),
}
