"""The kinds of values that say what each of the trials that run at the same time has to itself."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from hpsearch.config.fields import DURATION_SCHEMA, OFF, is_off, seconds_or_off, whole

#: Beyond every machine: cards, and threads.
MOST = 1024
#: A share of a card is taken for the 1/n that it is near to: 0.33 is a third.
_ROUNDED = 0.025
_CARDS_WORDS = "must be auto, off, or a list of cards, such as [0, 1]"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:/._-]*\Z")


def _is_count(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST


def _cards(value: Any) -> Any:
    if value is None or is_off(value):
        return None
    if value == "auto":
        return value
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(_CARDS_WORDS)
    cards = tuple(map(whole, value))
    if not all(_is_count(card, 0) or (isinstance(card, str) and _NAME.match(card)) for card in cards):
        raise ValueError(f"{_CARDS_WORDS}: numbers from 0 on, or the names that nvidia-smi -L gives")
    if len({str(card) for card in cards}) < len(cards):
        raise ValueError("must name each card once; trials share one with gpus_per_trial: 0.5")
    return cards


def _cards_per_trial(value: Any) -> Any:
    value = whole(value)
    if _is_count(value, 1) or (isinstance(value, float) and _is_share(value)):
        return value
    raise ValueError("must be a whole number of cards, or the share 1/n of one, such as 0.5, 0.33 or 0.25")


def _is_share(value: float) -> bool:
    return 1 / MOST <= value < 1 and round(1 / value) > 1 and abs(round(1 / value) * value - 1) <= _ROUNDED


def _threads(value: Any) -> Any:
    value = whole(value)
    if value == "auto" or _is_count(value, 1):
        return value
    raise ValueError(f"must be auto, or a whole number of threads from 1 to {MOST}")


def _grace(value: Any) -> float:
    return seconds_or_off(value) or 0.0


def _retry_on(value: Any) -> Any:
    if value is None:
        return None
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(
        isinstance(text, str) and text.strip() for text in texts
    ):
        raise ValueError("must be a list of texts, such as [CUDA out of memory]")
    return tuple(texts)


Cards = Annotated[
    tuple[int | str, ...] | Literal["auto"] | None,
    PlainValidator(_cards),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["auto", OFF, False, None]},
                {
                    "type": "array",
                    "items": {"type": ["integer", "string"], "minimum": 0, "maximum": MOST},
                    "minItems": 1,
                    "uniqueItems": True,
                },
            ]
        }
    ),
]
CardsPerTrial = Annotated[
    int | float,
    PlainValidator(_cards_per_trial),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": MOST}),
]
Threads = Annotated[
    int | Literal["auto"],
    PlainValidator(_threads),
    WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": MOST}]}),
]
#: No time at all is 0.
Grace = Annotated[float, PlainValidator(_grace), DURATION_SCHEMA]
RetryOn = Annotated[
    tuple[str, ...] | None,
    PlainValidator(_retry_on),
    WithJsonSchema({"type": ["array", "string", "null"], "items": {"type": "string", "minLength": 1}}),
]
