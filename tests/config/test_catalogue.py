from __future__ import annotations

import pytest

from hpsearch.config.catalogue import EXECUTORS, SAMPLERS, SCALES, Catalogue
from hpsearch.objectives.network.dataset import DATASETS

ALL = [DATASETS, EXECUTORS, SAMPLERS, SCALES]


@pytest.mark.parametrize("catalogue", ALL, ids=[catalogue.kind for catalogue in ALL])
def test_the_names_answered_without_the_registry_are_those_of_the_registry(catalogue: Catalogue) -> None:
    assert set(catalogue.builtin) <= set(catalogue.load())


def test_a_new_piece_needs_no_entry() -> None:
    catalogue = Catalogue("scale", ("linear",), SCALES.registry)
    assert catalogue.validate("log") == "log"
    assert catalogue.names() == ("linear", "log", "one_minus_log")


def test_an_unknown_name_is_refused_with_a_hint() -> None:
    with pytest.raises(ValueError, match="must be one of") as error:
        SCALES.validate("lgo")
    assert error.value.args == ("must be one of linear, log, one_minus_log", "; did you mean 'log'?")
