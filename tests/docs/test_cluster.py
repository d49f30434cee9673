"""The page on cards and clusters: its files and scripts do what they say, with cards and a Slurm that are none."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.commands import here
from tests.docs.ideas import MAKE, ROOT
from tests.docs.test_coming_from import programs

PAGE = ROOT / "docs" / "cluster.md"
SCRIPTS = [text for text in MAKE["blocks"](PAGE, "bash") if text.startswith("#!")]
#: In the place of a training: a number, and which card and how many threads it was given.
TRAIN = """\
import os, sys
lr = float(sys.argv[2])
with open("given", "a") as file:
    file.write(f"{os.environ.get('CUDA_VISIBLE_DEVICES')} {os.environ['OMP_NUM_THREADS']}\\n")
print("val_acc:", 1 - lr)
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Slurm has no Windows")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the files of the page, whose searches have a few short trials, and a small training."""
    (tmp_path / "train.py").write_text(TRAIN)
    for name, text in MAKE["named"](PAGE, "yaml").items():
        config = yaml.safe_load(text)
        config["search"] |= {"trials": 6, "halving": "off"}
        config["objective"]["epochs"] = 1
        (tmp_path / name).write_text(yaml.safe_dump(config))
    return tmp_path


def submitted(place: Path, script: str, **variables: str) -> None:
    """Run a script as Slurm does: by its shell, elsewhere, with the variables of the job."""
    program = place / "bin" / "hpsearch"
    path = {"PATH": programs(place), "SLURM_SUBMIT_DIR": str(place)}
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hpsearch "$@"\n')
    program.chmod(0o755)
    ended = subprocess.run(
        ["bash"], input=script, cwd="/", env=os.environ | path | variables, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr


def test_a_node_is_one_search_that_goes_on_where_it_is_submitted_again(place: Path) -> None:
    script, _ = SCRIPTS
    submitted(place, script)
    given = [line.split() for line in (place / "given").read_text().splitlines()]
    assert {card for card, _ in given} == {"0", "1", "2", "3"}
    assert {threads for _, threads in given} == {"8"}
    assert len(given) == 6
    again = here(place, *own_line(script), "--executor", "serial")
    assert again.returncode == 0, again.stderr
    assert len((place / "given").read_text().splitlines()) == 6


def own_line(script: str, **values: str) -> list[str]:
    """The command of a script, with the values of its variables."""
    (line,) = (line for line in script.splitlines() if line.startswith("hpsearch run"))
    for name, value in values.items():
        line = line.replace(f"${name}", value)
    return shlex.split(line.removesuffix("&"))[1:]


def test_an_array_of_jobs_is_compared_as_a_group(place: Path) -> None:
    _, script = SCRIPTS
    submitted(place, script, SLURM_ARRAY_TASK_ID="0", SLURM_CPUS_PER_TASK="2")
    path = {"PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for name, seed, sampler in [
        ("many", "1", "coarse_to_fine"),
        ("other", "0", "random"),
        ("other", "1", "random"),
    ]:
        words = own_line(script.replace("many-", f"{name}-"), seed=seed, SLURM_CPUS_PER_TASK="2")
        ended = here(
            place, *words, "--executor", "serial", f"--set=search.sampler={sampler}", environment=path
        )
        assert ended.returncode == 0, ended.stderr
    (commands,) = (words for words in MAKE["commands"](PAGE) if words[0] == "compare")
    compared = here(place, *commands)
    assert compared.returncode == 0, compared.stderr
    assert "search.sampler" in compared.stdout
    assert "many-1" in here(place, "list").stdout


def test_the_files_pass_the_check_and_tell_their_commands(place: Path) -> None:
    for name in MAKE["named"](PAGE, "yaml"):
        ended = here(place, "check", name)
        assert ended.returncode == 0, ended.stderr
        assert "warning" not in ended.stderr
    words = ("run", "cards.yaml", "--dry-run", "--executor", "serial")
    dry = here(place, *words, environment={"PATH": programs(place)})
    assert dry.returncode == 0, dry.stderr
    assert "train.py --lr" in dry.stdout + dry.stderr
