"""What is said of bad input besides the message: everything at once, nothing run, and the traceback on demand.

Single mistakes are cases of the corpus, see `test_corpus.py`.
"""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import SMALL, Hpsearch


def test_every_mistake_is_reported_at_once(folder: Path, hpsearch: Hpsearch) -> None:
    text = SMALL.replace("low: 1e-3", "low: 0").replace("trials: 14", "trials: 0").replace("relu", "relo")
    (folder / "config.yaml").write_text(text)
    for command in ("check", "run"):
        ended = hpsearch(command, "config.yaml")
        assert ended.returncode == 2
        lines = ended.stderr.splitlines()
        assert [line.split(": ")[0] for line in lines] == ["config.yaml:4", "config.yaml:6", "config.yaml:7"]
    assert [path.name for path in folder.iterdir()] == ["config.yaml"]


def test_debug_shows_the_traceback(hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", "none.yaml", "--debug")
    assert ended.returncode == 2
    assert "Traceback" in ended.stderr
