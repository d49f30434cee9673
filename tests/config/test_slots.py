"""What may be asked for of cards and threads, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from hpsearch.config.loading import spec_of, validate
from hpsearch.config.schema import Dispatch, Spec
from hpsearch.config.slots import FEW_WORKERS, crowd_told, idle_told, slots_of
from hpsearch.executors.slots import Slots

CORES = 12
SHARE = "must be a whole number of cards, or the share 1/n of one"
NUMBERS = "must be auto, off, or a list of cards, such as [0, 1]: numbers from 0 on"


def said(**dispatch: Any) -> list[str]:
    data = {
        "name": "x",
        "objective": {"kind": "command", "command": ["echo", "{lr}"]},
        "space": {"lr": {"choices": [1, 2]}},
        "dispatch": dispatch,
    }
    return [f"{'.'.join(map(str, found.path))}: {found.message}" for found in validate(data)[1]]


@pytest.mark.parametrize(
    ("dispatch", "words"),
    [
        (
            {"gpus": [0], "gpus_per_trial": 2},
            "gpus_per_trial: is more than the 1 card there is; give a trial",
        ),
        ({"gpus_per_trial": 0.3}, f"gpus_per_trial: {SHARE}"),
        ({"gpus_per_trial": 1.5}, f"gpus_per_trial: {SHARE}"),
        ({"gpus_per_trial": 0}, f"gpus_per_trial: {SHARE}"),
        (
            {"gpus": [0, 1], "workers": 4},
            "workers: must be at most 2, which 2 cards hold at a time; give workers",
        ),
        (
            {"gpus": [0, 1], "gpus_per_trial": 2, "workers": 2},
            "workers: must be at most 1, which 2 cards hold",
        ),
        ({"gpus": [0, 0]}, "gpus: must name each card once"),
        ({"gpus": [0, "0"]}, "gpus: must name each card once"),
        ({"gpus": []}, "gpus: must be auto, off, or a list of cards"),
        ({"gpus": 2}, "gpus: must be auto, off, or a list of cards"),
        ({"gpus": [-1]}, f"gpus: {NUMBERS}"),
        ({"gpus": [True]}, f"gpus: {NUMBERS}"),
        ({"gpus": ["0,1"]}, f"gpus: {NUMBERS}"),
        ({"threads_per_trial": 0}, "threads_per_trial: must be auto, or a whole number of threads"),
        ({"grace": "soon"}, "grace: must be a duration"),
        ({"retry_on": [7]}, "retry_on: must be a list of texts"),
        ({"retry_on": [""]}, "retry_on: must be a list of texts"),
    ],
)
def test_a_wrong_wish_is_refused_with_its_rule(dispatch: dict[str, Any], words: str) -> None:
    (message,) = said(**dispatch)
    assert message.startswith(f"dispatch.{words}")


@pytest.mark.parametrize(
    ("dispatch", "expected"),
    [
        ({}, Slots(("0", "1"), 1, CORES // 2)),
        ({"gpus_per_trial": 0.5}, Slots(("0", "1"), 0.5, CORES // 4)),
        ({"gpus_per_trial": 2, "threads_per_trial": 3}, Slots(("0", "1"), 2, 3)),
        ({"gpus": "off"}, Slots()),
        ({"gpus": "off", "threads_per_trial": 3}, Slots(threads=3)),
        ({"executor": "serial"}, Slots()),
        ({"gpus": [5, "GPU-1f"], "workers": 2}, Slots(("5", "GPU-1f"), 1, CORES // 2)),
    ],
)
def test_slots_follow_from_what_is_asked_for_and_there(dispatch: dict[str, Any], expected: Slots) -> None:
    slots, _, problems = slots_of(Dispatch(**dispatch), lambda: ("0", "1"), CORES)
    assert (slots, problems) == (expected, [])
    assert said(**dispatch) == []


def test_cards_that_nobody_asked_for_stand_in_nobodys_way() -> None:
    slots, note, problems = slots_of(Dispatch(workers=8), lambda: ("0",), CORES)
    assert (slots, problems) == (Slots(), [])
    assert note.startswith("no card is assigned: must be at most 1, which 1 card holds at a time")
    assert "gpus_per_trial: 0.125 to share" in note


def test_what_is_asked_for_and_not_there_is_refused() -> None:
    _, _, (problem,) = slots_of(Dispatch(gpus_per_trial=2), lambda: ("0",), CORES)
    assert problem.message == "is more than the 1 card there is; give a trial fewer, or gpus more (got 2)"
    assert slots_of(Dispatch(gpus_per_trial=2), tuple, CORES) == (Slots(), "", [])


def test_cards_that_are_found_are_said_with_what_follows() -> None:
    _, note, _ = slots_of(Dispatch(gpus_per_trial=0.5), lambda: ("0", "1"), CORES)
    assert note.startswith(
        "2 cards hold 4 trials at a time (0, 1); where trials use none, --set dispatch.gpus=off"
    )


def a_spec(**search: Any) -> Spec:
    data = {
        "name": "x",
        "objective": {"kind": "command", "command": ["echo", "{lr}"]},
        "space": {"lr": {"choices": [1, 2]}},
        "search": {"metric": "loss", **search},
    }
    return spec_of(data)


def test_workers_that_have_nothing_to_do_are_said_with_what_gives_them_some() -> None:
    def asked(there: int = 16, **search: Any) -> str:
        return idle_told(a_spec(**search), there)

    assert asked() == (
        "8 of 16 workers will stay idle: at most 8 trainings go on at a time "
        "(search.round_size 8, search.overlap 0); a search that is begun with --set search.overlap=1 "
        "has work for 16"
    )
    assert "--set search.overlap=4 has work for 15" in asked(round_size=3, trials=15)
    assert not asked(overlap=1)
    assert asked(round_size=4, overlap="auto") == (
        "4 of 16 workers will stay idle: at most 12 trainings go on at a time "
        "(search.round_size 4, search.overlap auto); a search that is begun with --set search.overlap=3 "
        "has work for 16"
    )
    assert not asked(trials=8)  # there is no more to do
    assert "--set search.overlap=100 has work for 101" in asked(
        200, round_size=1, trials=500
    )  # it is the most
    assert "--set" not in asked(200, round_size=1, trials=500, overlap=100)


def test_few_workers_are_told_what_finds_more() -> None:
    many = a_spec(trials=240)
    assert crowd_told(many, 1) == (
        "1 worker is few for the 24 trainings that so many trials have in flight by default: a search that "
        "is begun with --set search.overlap=0 usually finds more in the same time"
    )
    assert crowd_told(many, FEW_WORKERS).startswith(f"{FEW_WORKERS} workers are few for the 24 trainings")
    assert not crowd_told(many, FEW_WORKERS + 1)
    assert not crowd_told(a_spec(trials=60), 1)


@pytest.mark.parametrize(
    "said", [{"overlap": 0}, {"overlap": 2}, {"round_size": 8}, {"sampler": "random"}, {"fit": False}]
)
def test_nothing_is_said_of_what_the_file_decides_or_of_what_learns_nothing(said: dict[str, Any]) -> None:
    assert not crowd_told(a_spec(trials=240, **said), 1)
