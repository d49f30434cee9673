"""The file that has a search run on every commit, on GitHub or on GitLab: commented, and ready to be committed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hpsearch.actions.init.writing import MOVE, write_new
from hpsearch.core.errors import InputError
from hpsearch.storage.endings import is_table

#: What is written for all of them: what a run must have, and the files that tell of it.
_SEARCH = "hpsearch run {config} --time-limit 20m --require complete --max-failed 0"
_GITHUB = """\
# A hyperparameter search on every push and pull request. `hpsearch init --ci github` wrote this.
# The summary of the search and what is wrong with its file are shown by GitHub itself.
name: hyperparameter search

on: [push, pull_request]

permissions:
  contents: read

jobs:
  search:
    runs-on: ubuntu-latest
    timeout-minutes: 30      # more than --time-limit, so that the search ends by itself and tells how
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Install
        run: python -m pip install {package}     # and what your own code needs: -r requirements.txt
      - name: Check the configuration
        run: {check}
      - name: Search
        # Further gates: --fail-under 0.9, or --baseline baseline.json --tolerance noise, with a
        # baseline.json that `hpsearch show RUN --json > baseline.json` has made and you have committed.
        run: {search}
      - name: Keep the run
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: hyperparameter-search
          path: |
            runs/
            hpsearch.xml
          if-no-files-found: ignore
"""
_GITLAB = """\
# A hyperparameter search on every push. `hpsearch init --ci gitlab` wrote this.
hyperparameter-search:
  image: python:3.12
  timeout: 30 minutes        # more than --time-limit, so that the search ends by itself and tells how
  script:
    - python -m pip install {package}     # and what your own code needs: -r requirements.txt
    - {check}
    # Further gates: --fail-under 0.9, or --baseline baseline.json --tolerance noise, with a
    # baseline.json that `hpsearch show RUN --json > baseline.json` has made and you have committed.
    - {search}
  artifacts:
    when: always
    paths:
      - runs/
      - hpsearch.md
    reports:
      junit: hpsearch.xml
      metrics: hpsearch.txt
"""


class Pipeline(Struct, frozen=True):
    """Where a service looks for its file, and what stands in that."""

    path: Path
    template: str
    outputs: str

    def text(self, config: Path, package: str) -> str:
        """The file for the search of `config`.

        Raises:
            InputError: no line can hold that path.
        """
        if not str(config).isprintable():
            raise InputError(f"{str(config)!r}: has letters that no line of a pipeline can hold; rename it")
        named = shlex.quote(str(config))
        return self.template.format(
            package=package,
            check=_scalar(f"hpsearch check {named}"),
            search=_scalar(f"{_SEARCH.format(config=named)} {self.outputs}"),
        )


SERVICES: Mapping[str, Pipeline] = {
    "github": Pipeline(Path(".github/workflows/hpsearch.yml"), _GITHUB, "--junit hpsearch.xml"),
    "gitlab": Pipeline(
        Path(".gitlab-ci.yml"),
        _GITLAB,
        "--junit hpsearch.xml --summary hpsearch.md --metrics hpsearch.txt",
    ),
}


def write(service: str, config: Path) -> str:
    """Write the file of `service` for the search of `config`; gives what to say of it.

    Raises:
        InputError: it is there already, or cannot be written, or no line of it can hold that path.
    """
    pipeline = SERVICES[service]
    text = pipeline.text(config, package(config.read_text(encoding="utf-8", errors="replace")))
    _make(pipeline.path.parent)
    write_new(pipeline.path, text, MOVE)
    return f"written: {pipeline.path}; commit it with {config} and what that reads"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made: {error.strerror}") from error


def package(config: str) -> str:
    """What is to be installed for a configuration of that text: with the library for tables where it reads one.

    >>> package("dataset: {source: cars.csv, target: price}"), package("dataset: digits")
    ("'hpsearch[tabular]'", 'hpsearch')
    """
    words = config.replace(",", " ").replace("'", " ").replace('"', " ").split()
    reads = any(is_table(word) for word in words)
    return "'hpsearch[tabular]'" if reads else "hpsearch"


def _scalar(command: str) -> str:
    """A command as a value of YAML on one line: as it is, or in quotes where YAML would read it otherwise."""
    return json.dumps(command, ensure_ascii=False) if ": " in command or " #" in command else command
