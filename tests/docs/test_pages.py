"""Every block of code of the docs is run, and every command prints what the page shows of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.core.errors import SpecError
from tests.pages.__main__ import mended
from tests.pages.blocks import blocks
from tests.pages.likeness import alike
from tests.pages.running import differences

DOCS = Path(__file__).parents[2] / "docs"
#: Pages, and a folder of pages, whose blocks other tests run, each with its test.
ELSEWHERE = {
    "cluster.md": "tests/docs/test_cluster.py",
    "coming-from.md": "tests/docs/test_coming_from.py",
    "ideas": "tests/docs/test_ideas.py",
    "commands.md": "tests/docs/test_commands.py",
    "own-script.md": "tests/scripts/test_scripts.py",
    "plugins.md": "tests/docs/test_plugins.py",
}
PAGES = [
    page
    for page in [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
    if not ELSEWHERE.keys() & {page.name, page.parent.name}
]
PAGES = [page for page in PAGES if any(block.language for block in blocks(page.read_text(encoding="utf-8")))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS.parent).as_posix())
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    found = list(differences(page.read_text(encoding="utf-8"), tmp_path))
    assert not found, "\n\n".join(map(str, found)) + f"\n\npython -m tests.pages --write {page.stem}"


def test_what_is_run_elsewhere_is() -> None:
    assert all((DOCS / page).exists() for page in ELSEWHERE)
    assert all((DOCS.parent / test).is_file() for test in ELSEWHERE.values())


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("val acc:0.98 in 3 s", "val acc:0.9751 in 12 s", True),
        ("lr:1e-3, layers:3", "lr:0.0009, layers:2", True),
        ("Best-1 | 3 of 9 epochs", "Best-1 | 1 of 9 epochs", True),
        ("Best-1 | 3 of 9 epochs", "Best-1 | 3 of 27 epochs", False),
        ("Best-1 to Best-3", "Best-1 and Best-2 | near-tie, val loss:0.2", True),
        ("lr  [==o==]  0 to 1", "lr  o=====]  0 to 1", True),
        ("12 trials", "13 trials", False),
        ("relu", "tanh", False),
        ("a... z", "a, b, z", True),
        ("a... z", "a, b", False),
        ("done", "3 of 26 trainings ended, 2 running; time left 1 s\ndone\n", True),
    ],
)
def test_only_what_another_processor_may_change_may_differ(shown: str, printed: str, same: bool) -> None:
    assert alike(shown, printed) is same


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("val acc:0.98 in 3 s", "val acc:0.98 in 1 min 12 s", True),
        ("val acc:0.98", "val acc:0.981", False),
        ("lr  [==o==]", "lr  [=o===]", False),
        ("lr:... done", "lr:0.1 done", True),
    ],
)
def test_what_no_processor_changes_is_compared_to_the_digit(shown: str, printed: str, same: bool) -> None:
    assert alike(shown, printed, exactly=True) is same


PAGE = """\
# Page

```python
# lib/one.py
X = 1
```

```console
$ cat lib/one.py | \\
    tail -n 1
X = 2 or 3
$ ls nowhere
ls: ...
$ echo $?
2
```

```python
print("no")
```

```text
yes
```
"""


def test_a_page_that_is_wrong_is_mended(tmp_path: Path) -> None:
    found = list(differences(PAGE, tmp_path))
    assert [(difference.shown, difference.printed) for difference in found] == [
        ("X = 2 or 3\n", "X = 1\n"),
        ("yes\n", "no\n"),
    ]
    right = PAGE.replace("X = 2 or 3", "X = 1").replace("yes", "no")
    assert mended(PAGE, found) == right


def test_a_status_is_compared_to_the_digit(tmp_path: Path) -> None:
    (found,) = differences("```console\n$ ls nowhere\nls: ...\n$ echo $?\n3\n```\n", tmp_path)
    assert (found.shown, found.printed) == ("3\n", "2\n")


#: A search of a function, in which no digit is another on another processor, and one of the built-in network.
FUNCTION = """\
# config.yaml
objective: {kind: python, function: "fit.py:fit"}
space: {x: {scale: linear, low: 0, high: 1}}
search: {sampler: random, trials: 2, metric: score, goal: maximize}
"""
NETWORK = """\
# config.yaml
objective: {kind: mlp, dataset: moons, epochs: 1}
space: {lr: {scale: log, low: 1e-3, high: 0.1}}
search: {sampler: random, trials: 2, confirm: off}
"""
RUN = """\
```yaml
{config}```

```python
# fit.py
def fit(x):
    return 1 - x
```

```console
$ hpsearch run config.yaml
...Best-1(...:0.123) | ...
2 trials in 3 s; written: runs/config/
$ hpsearch check config.yaml
...({scale}, 0.123 to {high})...
```
"""


@pytest.mark.parametrize(
    ("config", "scale", "high", "differ"),
    [(FUNCTION, "linear", "1", ["run", "check"]), (NETWORK, "log", "0.1", ["check"])],
)
def test_digits_that_a_network_has_learned_alone_may_differ(
    config: str, scale: str, high: str, differ: list[str], tmp_path: Path
) -> None:
    found = list(differences(RUN.format(config=config, scale=scale, high=high), tmp_path))
    assert [difference.command.split()[1] for difference in found] == differ
    assert all(alike(difference.shown, difference.printed) for difference in found)


def test_a_page_has_the_files_beside_it(tmp_path: Path) -> None:
    page = "<!-- with: penguins.csv -->\n```console\n$ wc -l penguins.csv\n345 penguins.csv\n```\n"
    assert not list(differences(page, tmp_path))


def test_a_whole_configuration_is_checked(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="low"):
        list(
            differences(
                "```yaml\nobjective: {kind: mlp}\nspace: {lr: {scale: log, low: 0, high: 1}}\n```\n", tmp_path
            )
        )


@pytest.mark.parametrize("block", ["bash\nfalse\n", "console\n$ false\n", "console\n$ false\n$ true\n"])
def test_a_failure_that_is_not_shown_fails(block: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="line 2"):
        list(differences(f"```{block}```\n", tmp_path))
