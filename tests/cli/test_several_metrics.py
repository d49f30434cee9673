"""Searches that record several metrics by their names, typed as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpsearch import open_run
from hpsearch.core.errors import InputError
from tests import commands

CONFIG = """\
name: two
objective: {kind: python, function: "fit.py:fit", epochs: 3}
space: {x: {scale: linear, low: 0, high: 1}, width: {scale: log, type: int, low: 1, high: 64}}
search: {trials: 14, round_size: 4, metric: [acc, seconds_per_row], confirm: {top: 2, seeds: 2}}
dispatch: {executor: serial}
"""
FIT = """\
def fit(x, width, epochs, seed):
    told = {"acc": (1 - (x - 0.5) ** 2) * width / (width + 8) + 0.01 * epochs + seed % 7 / 1000}
    return told if 0.9 < x else told | {"seconds_per_row": width * 1000 + 0.5}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "fit.py").write_text(FIT)
    ended = commands.here(folder, "run", "config.yaml")
    assert ended.returncode == 0, ended.stderr
    assert "ranks by acc, goal: maximize; recorded beside it: seconds_per_row, goal: minimize" in ended.stderr
    (folder / "printed").write_text(ended.stdout)
    (folder / "said").write_text(ended.stderr)
    return folder


def shown(place: Path, *args: str) -> str:
    ended = commands.here(place, "show", "two", *args)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_one_that_does_not_record_all_has_failed(place: Path) -> None:
    data = json.loads(shown(place, "--failed", "--json"))
    assert data["statuses"]["failed"] == len({one["trial"] for one in data["failed"]}) > 0
    assert all(
        "reports no seconds_per_row, which search.metric asks for" in one["reason"] for one in data["failed"]
    )


def test_the_first_ranks_and_all_make_the_front(place: Path) -> None:
    data = json.loads(shown(place, "--json"))
    assert (data["metric"], data["goal"]) == ("acc", "maximize")
    points = {one["trial"]: one["values"] for one in data["pareto"]["points"]}
    front = [one["trial"] for one in data["pareto"]["front"]]
    beaten = {
        one
        for one, (acc, cost) in points.items()
        if any(a >= acc and c <= cost and (a, c) != (acc, cost) for a, c in points.values())
    }
    assert set(front) == points.keys() - beaten
    assert 1 < len(front) < len(points)
    assert [one["trial"] for one in data["pareto"]["points"] if one["front"]] == sorted(
        front, key=lambda number: list(points).index(number)
    )
    assert data["pareto"]["criteria"][1] == {"name": "seconds_per_row", "of": "metric", "goal": "minimize"}
    assert "remarks" not in data["pareto"]


def test_the_front_stands_below_the_ranking(place: Path) -> None:
    front = [one["trial"] for one in json.loads(shown(place, "--json"))["pareto"]["front"]]
    results = (place / "runs/two/results.txt").read_text()
    title = "=========== Pareto Front: acc high, seconds per row low ==========="
    for text in (results, (place / "printed").read_text(), shown(place), shown(place, "--format", "text")):
        lines = text.partition(title)[2].splitlines()[1 : 1 + len(front)]
        assert [int(line.split("(")[0].removeprefix("Trial ")) for line in lines] == front
    assert title not in shown(place, "--format", "csv")
    assert "... and" in shown(place, "--top", "1")


def test_what_to_do_next_names_it(place: Path) -> None:
    (verdict,) = [one for one in json.loads(shown(place, "--json"))["verdicts"] if one["about"] == "front"]
    assert verdict["command"] == "hpsearch show two --pareto acc,seconds_per_row"
    assert verdict["text"].startswith("by acc and seconds per row no other beats trial")
    assert verdict["text"] in (place / "said").read_text()
    assert verdict["text"] in (place / "runs/two/results.txt").read_text()


def test_python_and_the_report_have_it(place: Path) -> None:
    found = open_run(place / "runs/two")
    front = [one["trial"] for one in json.loads(shown(place, "--json"))["pareto"]["front"]]
    assert [row["trial"] for row in found.pareto()] == front
    assert [row["trial"] for row in found.pareto("acc", "seconds_per_row")] == front
    pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")
    assert "acc against seconds per row" in found.plot("pareto").html
    ended = commands.here(place, "report", "two", "-o", "page.html")
    assert ended.returncode == 0, ended.stderr
    assert 'id="pareto"' in (place / "page.html").read_text()


def test_a_search_goes_on_with_the_same_list_alone(place: Path) -> None:
    (place / "other.yaml").write_text(CONFIG.replace("[acc, seconds_per_row]", "acc"))
    ended = commands.here(place, "run", "other.yaml", "--resume")
    assert ended.returncode == 2
    assert "has another search.metric" in ended.stderr
    (place / "same.yaml").write_text(CONFIG.replace("seconds_per_row]", "'seconds_per_row:minimize']"))
    before = (place / "runs/two/results.csv").read_bytes()
    ended = commands.here(place, "run", "same.yaml", "--resume")
    assert ended.returncode == 0, ended.stderr
    assert (place / "runs/two/results.csv").read_bytes() == before


def test_gates_and_refine_speak_of_the_first(place: Path) -> None:
    ended = commands.here(place, "show", "two", "--fail-under", "99")
    assert ended.returncode == 1
    assert "acc" in ended.stderr.splitlines()[-1]
    ended = commands.here(place, "refine", "two", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert commands.here(place, "reproduce", "two", "0").returncode == 0


def test_the_network_tells_what_it_takes(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "name: net\n"
        "objective: {kind: mlp, dataset: {source: moons, split: {folds: 2}}, hidden: [4, 4], epochs: 3, lr: 1000}\n"
        "space: {hidden_units: {choices: [2, 5]}, lr: {choices: [0.1, 1000000]}}\n"
        "search: {sampler: grid, trials: 4, metric: [val_acc, multiplications, parameters], value: best}\n"
        "dispatch: {executor: serial}\n"
    )
    ended = commands.here(tmp_path, "run", "config.yaml", "--json")
    assert ended.returncode == 0, ended.stderr
    done = [one for one in json.loads(ended.stdout)["best"] if one["status"] == "done"]
    assert len(done) >= 2
    for one in done:
        units = one["parameters"]["hidden_units"]
        assert one["metrics"]["multiplications"] == 2 * units + units * units + units * 2
        assert one["metrics"]["parameters"] == one["metrics"]["multiplications"] + units + units + 2
    assert commands.here(tmp_path, "reproduce", "net", "0").returncode == 0


def test_without_a_list_names_are_needed(place: Path) -> None:
    (place / "one.yaml").write_text(CONFIG.replace("[acc, seconds_per_row]", "acc").replace("two", "one"))
    assert commands.here(place, "run", "one.yaml").returncode == 0
    with pytest.raises(InputError, match="two or three names"):
        open_run(place / "runs/one").pareto()


@pytest.fixture(scope="module")
def both(place: Path) -> Path:
    """Where the same is searched by the fronts of both."""
    config = CONFIG.replace("metric:", "goal: [maximize, minimize], metric:").replace(
        "name: two", "name: both"
    )
    (place / "both.yaml").write_text(config)
    ended = commands.here(place, "run", "both.yaml")
    assert ended.returncode == 0, ended.stderr
    assert "ranks by the fronts of acc, goal: maximize; seconds_per_row, goal: minimize" in ended.stderr
    return place


def test_with_a_goal_for_each_all_rank(both: Path) -> None:
    data = json.loads(commands.here(both, "show", "both", "--json").stdout)
    assert data["ranked_by"] == ["acc", "seconds_per_row"]
    front = {one["trial"] for one in data["pareto"]["front"]}
    plain = [one for one in data["best"] if "confirmed" not in one]
    assert 0 < len(plain) < len(data["best"])
    ahead = [one["trial"] in front for one in plain]
    assert ahead == sorted(ahead, reverse=True)
    assert {verdict["about"] for verdict in data["verdicts"]} <= {"code", "failures", "front", "seeds"}
    lines = (both / "runs/both/results.txt").read_text().splitlines()
    assert lines[0].endswith("= seconds per row, the lower the better")
    assert lines[1].startswith("Best-1(acc:")
    assert ", seconds per row:" in lines[1].partition(")")[0]
    assert lines[1] in commands.here(both, "show", "both", "--trial", str(data["best"][0]["trial"])).stdout
    assert "ranked_by" not in json.loads(shown(both, "--json"))


def test_it_goes_on_and_is_refined(both: Path) -> None:
    before = (both / "runs/both/results.csv").read_bytes()
    ended = commands.here(both, "resume", "both")
    assert ended.returncode == 0, ended.stderr
    assert (both / "runs/both/results.csv").read_bytes() == before
    ended = commands.here(both, "resume", "both", "--trials", "17")
    assert ended.returncode == 0, ended.stderr
    ended = commands.here(both, "refine", "both", "--trials", "4")
    assert ended.returncode == 0, ended.stderr
    assert "ranks by the fronts" not in ended.stdout
    assert commands.here(both, "reproduce", "both", "0").returncode == 0
    ended = commands.here(both, "compare", "both", "two")
    assert ended.returncode == 2
    fronts = "the fronts of acc (maximize) and seconds_per_row (minimize)"
    assert f"two ranks by acc (maximize), both by {fronts}: they cannot be compared" in ended.stderr
