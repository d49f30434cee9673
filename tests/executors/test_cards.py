"""Slots, and the cards that they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.executors import cards
from hpsearch.executors.slots import Slots

LISTING = "GPU 0: NVIDIA A100 (UUID: GPU-1f)\nGPU 1: NVIDIA A100 (UUID: GPU-2e)\n"
PARTS = LISTING + "  MIG 3g.20gb     Device  0: (UUID: MIG-9a)\n  MIG 3g.20gb     Device  1: (UUID: MIG-9b)\n"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine whose variables and programs say nothing of cards."""
    for name in cards.VISIBLE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def nvidia_smi(folder: Path, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    cards._listed.cache_clear()


def test_no_card_is_found_where_there_is_none(tmp_path: Path) -> None:
    assert cards.cards(tmp_path) == ()


def test_cards_are_those_that_are_visible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nvidia_smi(tmp_path, f"echo '{LISTING}'")
    assert cards.cards(tmp_path) == ("0", "1")
    monkeypatch.setenv("HIP_VISIBLE_DEVICES", "5")
    assert cards.cards(tmp_path) == ("5",)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,GPU-1f")
    assert cards.cards(tmp_path) == ("2", "GPU-1f")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert cards.cards(tmp_path) == ()


def test_parts_of_cards_are_cards(tmp_path: Path) -> None:
    nvidia_smi(tmp_path, f"echo '{PARTS}'")
    assert cards.cards(tmp_path) == ("MIG-9a", "MIG-9b")


def test_without_a_program_that_lists_them_devices_are_counted(tmp_path: Path) -> None:
    nvidia_smi(tmp_path, "echo 'cannot talk to the driver'; exit 9")
    nodes = tmp_path / "sys/class/kfd/kfd/topology/nodes"
    for number, units in enumerate((0, 304, 304)):
        (nodes / str(number)).mkdir(parents=True)
        (nodes / str(number) / "properties").write_text(f"cpu_cores_count 1\nsimd_count {units}\n")
    assert cards.cards(tmp_path) == ("0", "1")
    (tmp_path / "dev").mkdir()
    for name in ("nvidia3", "nvidia4", "nvidia7", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev" / name).touch()
    assert cards.cards(tmp_path) == ("0", "1", "2")


@pytest.mark.parametrize(
    ("given", "per_trial", "held"),
    [
        ("0123", 1, ["0", "1", "2", "3"]),
        ("0123", 2, ["0,1", "2,3"]),
        ("012", 2, ["0,1"]),
        ("01", 0.5, ["0", "1", "0", "1"]),
        ("7", 0.33, ["7", "7", "7"]),
    ],
)
def test_slots_share_the_cards_evenly(given: str, per_trial: float, held: list[str]) -> None:
    slots = Slots(tuple(given), per_trial)
    assert slots.count == len(held)
    assert [slots.gpu(number) for number in range(len(held))] == held


def test_a_slot_sets_the_variables_of_its_cards_and_threads() -> None:
    variables = Slots(("3", "5"), threads=4).variables(1)
    assert {variables[name] for name in cards.VISIBLE} == {"5"}
    assert variables["OMP_NUM_THREADS"] == variables["MKL_NUM_THREADS"] == "4"
    assert Slots().variables(1) == {}
