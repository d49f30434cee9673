"""The kinds of values that the settings of the network are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from hpsearch.config.fields import CHANCE, SWITCH_WORDS, WHOLE, Section

MOST_LAYERS = 64
MOST_UNITS = 16384

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Decay = Annotated[float, Field(ge=0, lt=1)]
Degrees = Annotated[float, Field(ge=0, le=180)]
Chance = Annotated[
    float,
    Field(ge=0, le=1),
    CHANCE,
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, SWITCH_WORDS]}),
]
Layers = Annotated[int, Field(ge=1, le=MOST_LAYERS), WHOLE]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS), WHOLE]


class Augment(Section):
    """How training images are changed, differently in every epoch: the pieces at once."""

    shift: NotNegative = Field(default=0.0, description="up to so many pixels to each side")
    rotate: Degrees = Field(default=0.0, description="up to so many degrees to each side")
    scale: Share = Field(default=0.0, description="larger or smaller by up to this share")
    flip: Chance = Field(default=0.0, description="chance to be mirrored left to right; on: 0.5")
    noise: NotNegative = Field(default=0.0, description="standard deviation added to the scaled pixels")
