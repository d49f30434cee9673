"""The kinds of walks there are."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from tests.walks.networks import networks
from tests.walks.searches import searches
from tests.walks.tables import tables
from tests.walks.walk import Walk

KINDS: Mapping[str, st.SearchStrategy[Walk]] = {
    "search": searches(),
    "table": tables(),
    "network": networks(),
}
