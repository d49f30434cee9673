"""A stream that is read while it comes: by epochs, the same wherever reads end, and in bounded memory."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.trial import Job, Trial
from hpsearch.objectives import epochs
from hpsearch.objectives.command.reading import reader as module
from hpsearch.objectives.command.reading.epochs import Epoch
from hpsearch.objectives.command.reading.names import Name
from hpsearch.objectives.command.reading.patterns import Patterns
from hpsearch.objectives.command.reading.reader import Reader
from hpsearch.objectives.command.reading.streams import Reading, Streams
from hpsearch.objectives.epochs import curves_of, ranking_first

KERAS = """\
Epoch 1/3
 9/10 [===>.] - 1s - loss: 0.9 - acc: 0.4
10/10 [====] - 2s 4ms/step - loss: 0.8 - acc: 0.5 - val_acc: 0.55
Epoch 2/3
10/10 [====] - 2s 4ms/step - loss: 0.6 - acc: 0.6 - val_acc: 0.65
Epoch 3/3
10/10 [====] - 2s 4ms/step - loss: 0.5 - acc: 0.7 - val_acc: 0.6
"""
TABLE = "epoch  loss  val_acc\n" + "".join(f"{at}  0.{9 - at}  0.{5 + at}\n" for at in range(3))
BOOSTED = "".join(f"[{at}]\ttrain-auc:0.9{at}\tval_acc:0.{5 + at}\n" for at in range(3))
LINES = "".join(f'{{"epoch": {at}, "val": {{"acc": 0.{5 + at}}}}}\n' for at in range(1, 4))
HALVES = "".join(f"{{'val_acc': 0.{at}, 'epoch': {at / 2}}}\n" for at in range(1, 7))
MIXED = "Iteration 1, loss = 0.9\nEpoch 1: val_acc=0.5 (round 7)\nbest epoch: 9\nEpoch 2: val_acc=0.25\n"


def read(*chunks: bytes, wanted: str = "val_acc") -> Reader:
    reader = Reader(wanted)
    for chunk in chunks:
        reader.feed(chunk)
    reader.end()
    return reader


@pytest.mark.parametrize(
    ("text", "curve"),
    [
        (KERAS, {1: 0.55, 2: 0.65, 3: 0.6}),
        (TABLE, {0: 0.5, 1: 0.6, 2: 0.7}),
        (BOOSTED, {0: 0.5, 1: 0.6, 2: 0.7}),
        (LINES, {1: 0.6, 2: 0.7, 3: 0.8}),
        (HALVES, {1: 0.2, 2: 0.4, 3: 0.6}),
        (MIXED, {1: 0.5, 2: 0.25}),
        ("Epoch 1\nval acc: 0.5\nval acc: 0.75\nval_acc: 0.5\n", {1: 0.5}),
        ("val_acc: 0.5\n", {}),
        ("Epoch: [1][ 9/10] Time 0.1\nval_acc: 0.5\n", {1: 0.5}),
        (
            "E    #     LOSS  VAL_ACC\n---  ---  ----  -------\n  0  200   2.5     0.50\n  1  400   1.5     0.75\n",
            {0: 0.5, 1: 0.75},
        ),
        ("Epoch(train) [2][50/100] loss: 1\nEpoch(val) [2][5/5]  val_acc: 0.5\n", {2: 0.5}),
        (f"Epoch 1/{'9' * 5000}\nval_acc: 0.5\nEpoch {'9' * 400}: val_acc: 0.6\n", {1: 0.6}),
    ],
    ids=[
        "bars",
        "table",
        "rounds",
        "JSON",
        "halves",
        "mixed",
        "twice",
        "none",
        "brackets",
        "letters",
        "parts",
        "digits",
    ],
)
def test_values_belong_to_the_epoch_that_was_told_last(text: str, curve: dict[int, float]) -> None:
    streams = Streams("val_acc" if text is not LINES else "val.acc", Reading())
    streams.output(text.encode())
    curves = streams.found().curves
    assert curves.get("val_acc", curves.get("val.acc", {})) == curve


def test_each_value_of_what_ranks_is_told_at_its_line() -> None:
    told: list[tuple[int, int, float]] = []
    reader = Reader("val_acc", reached=lambda epoch, value: told.append((epoch.at, epoch.all, value)))
    for line in KERAS.encode().splitlines(keepends=True)[:5]:
        reader.feed(line)
    assert told == [(1, 3, 0.55), (2, 3, 0.65)]


@given(
    st.lists(st.sampled_from([*KERAS.splitlines(), *TABLE.splitlines(), *MIXED.splitlines(), "x", ""])),
    st.data(),
)
def test_what_is_read_depends_on_no_end_of_a_read(lines: list[str], data: st.DataObject) -> None:
    """Nor on which lines come together, of which only some are read: one by one all are."""
    text = "\n".join(lines).encode()
    ends = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    chunks = [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
    whole, parts = read(text), read(*chunks)
    singly = read(*(line.encode() + b"\n" for line in lines))
    assert parts.curves == whole.curves == singly.curves
    for one in (parts, singly):
        assert {name: latest.value for name, latest in one.latest.items()} == {
            name: latest.value for name, latest in whole.latest.items()
        }


@pytest.mark.parametrize("piece", [7, 1000, 50_000])
def test_a_line_without_end_is_read_to_its_end(piece: int) -> None:
    line = b"".join(b"step %d val_acc=0.%06d, " % (step, step) for step in range(1000, 9000))
    assert len(line) > 2 * module.LONGEST
    found = read(*(line[start : start + piece] for start in range(0, len(line), piece)))
    assert found.latest[Name("val_acc")].value == 0.008999


def test_what_ranks_is_never_dropped_for_the_number_of_others() -> None:
    text = "".join(f"m{chr(97 + at // 26 % 26)}{chr(97 + at % 26)}x: {at}\n" for at in range(600))
    found = read(text.encode() + b"val acc: 0.5\n")
    assert len(found.latest) == module.MOST_NAMES + 1
    assert found.latest[Name("acc", "val")].value == 0.5


def test_neither_long_outputs_nor_many_names_eat_memory() -> None:
    reader = Reader("val_acc")
    tracemalloc.start()
    for number in range(20):
        reader.feed(b"x" * 60_000 + b" n%d: 1 " % number)
        reader.feed(b"".join(b"%s%d: 1\n" % (b"y" * (at % 50), number) for at in range(100)))
        reader.feed(b"".join(b"loss %d%s " % (at, b"w" * 60_000) + b"\n" for at in range(1)))
        reader.feed(b"".join(b"Epoch %d a: 1 b: 2 val_acc: 0.5\n" % (number * 100 + at) for at in range(100)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    assert len(reader.latest) <= module.MOST_NAMES + 1


def test_curves_have_an_end_but_for_what_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VALUES", 10)
    found = read(b"".join(b"Epoch %d a: 1 val_acc: 0.5\n" % at for at in range(20)))
    assert [len(found.curves[Name(name)]) for name in ("a", "val_acc")] == [5, 20]


def test_after_much_in_vain_what_ranks_is_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 10)
    noise = "".join(f"{chr(97 + at)} of 7\n" for at in range(26))
    found = read(f"{noise}Epoch 4\n{noise}Val Acc 0.5\n{noise}loss: 2\n".encode())
    assert found.curves == {Name("Acc", "Val"): {4: 0.5}, Name("loss"): {4: 2}}


def test_names_without_end_are_looked_at_only_for_what_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 10)
    monkeypatch.setattr(module, "MOST_NAMES", 5)
    reader = Reader("val_acc")
    names = [f"{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(600)]
    reader.feed("".join(f"{name}: 1\n" for name in names[:300]).encode())
    monkeypatch.setattr(reader, "_kind", None)  # nothing more is read to see what it is
    reader.feed("".join(f"{name}: 1\n" for name in names[300:]).encode())
    monkeypatch.undo()
    reader.feed(b"Val Acc 0.5\n")
    assert [*reader.latest] == [*map(Name, names[:5]), Name("Acc", "Val")]


def test_patterns_of_the_user_are_all_that_is_read() -> None:
    patterns = Patterns(
        re.compile(r"pass (\d+)"), {"a": re.compile(r"A=(\S+)"), "b": re.compile(r"B (\d+%)")}
    )
    reader = Reader("a", patterns)
    reader.feed(b"pass 1 A=0.5 c: 3\nepoch 9\nB 50%\npass 2 A=x\nA=0,25")
    reader.end()
    assert {name.word: latest.value for name, latest in reader.latest.items()} == {"a": 0.25, "b": 0.5}
    assert reader.curves == {Name("a"): {1: 0.5, 2: 0.25}, Name("b"): {1: 0.5}}


@pytest.mark.parametrize(
    ("source", "value", "where", "elsewhere"),
    [
        ("auto", 0.5, "standard error", ""),
        ("both", 0.5, "standard error", ""),
        ("stderr", 0.5, "standard error", ""),
        ("stdout", None, "", "objective.read.from=stderr"),
    ],
)
def test_what_ranks_is_found_on_the_stream_that_has_it(
    source: str, value: float | None, where: str, elsewhere: str
) -> None:
    streams = Streams("acc", Reading(source))  # type: ignore[arg-type]  # they are those that there are
    streams.output(b"loss: 2\n")
    streams.errors(b"acc: 0.5\nloss: 3\n")
    found = streams.found()
    assert (found.metrics.get("acc"), found.where) == (value, where)
    assert elsewhere in found.elsewhere
    assert found.metrics["loss"] == (2 if source == "stdout" else 3)


JOB = Job(Trial(0, 0, {}, 0), epochs=9, start=3)


@pytest.mark.parametrize(
    ("counted", "job", "first", "length"),
    [
        (range(1, 10), JOB, 4, 6),  # all again
        (range(9), JOB, 3, 6),  # all again, from 0
        (range(4, 10), JOB, 4, 6),
        (range(3, 9), JOB, 3, 6),
        (range(1, 7), JOB, 1, 6),  # anew
        (range(6), JOB, 0, 6),
        (range(1, 41), Job(JOB.trial, 1), 1, 40),  # of its own accord
        (range(40), Job(JOB.trial, 1), 0, 40),
        (range(1, 41), JOB, None, 0),  # not what it was told
        ((1, 10**9), Job(JOB.trial, 1), None, 0),
    ],
)
def test_epochs_are_those_of_the_training_however_they_are_counted(
    counted: Sequence[int], job: Job, first: int | None, length: int
) -> None:
    curves = curves_of({"acc": {at: float(at) for at in counted}}, job)
    assert curves == ({} if first is None else {"acc": [float(first + at) for at in range(length)]})


def test_much_that_is_counted_far_does_not_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "MOST", 100)
    values = {name: {40: 1.0} for name in ("a", "b", "acc", "c")}
    assert [*curves_of(ranking_first(values, "acc"), Job(JOB.trial, 1))] == ["acc", "a"]
    assert len(curves_of({"acc": {400: 1.0}}, Job(JOB.trial, 1))["acc"]) == 400


def test_an_epoch_is_told_with_the_number_of_all() -> None:
    reader = Reader("x")
    reader.feed(b"Epoch [2/40]\n")
    assert (reader.all, Epoch(2).is_that_of(Epoch(2, 40))) == (40, True)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("metrics", [None, {"acc": r"acc=([0-9.]+)"}])
def test_what_it_had_said_by_an_epoch_is_the_same_however_much_was_heard_since(
    size: int, metrics: dict[str, str] | None
) -> None:
    text = b"".join(b"Epoch %d\nacc=0.1\nacc=0.%d\n" % (epoch, epoch) for epoch in range(1, 6))
    streams = Streams("acc", Reading(metrics=metrics))
    streams.up_to(2)
    for start in range(0, len(text), size):
        streams.output(text[start : start + size])
    assert streams.found().curves["acc"] == {epoch: epoch / 10 for epoch in range(1, 6)}
    for until in (2, 4):
        assert streams.up_to(until).curves["acc"] == {epoch: epoch / 10 for epoch in range(1, until + 1)}


def test_what_is_kept_for_later_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    streams = Streams("acc", Reading())
    streams.up_to(1)
    streams.output(b"Epoch 1\nacc=0.1\nEpoch 2\n")
    streams.output(b"acc=0.2\n" * 20)
    assert streams.so_far().metrics == {"acc": 0.2}
