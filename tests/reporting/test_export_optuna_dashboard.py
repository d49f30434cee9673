"""What Optuna's own dashboard shows of the study that is written for it, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from hpsearch.engine.run import Run
from hpsearch.reporting.export import FORMATS
from tests.browser import PROGRAM, Tab, browser
from tests.reporting.runs import a_run

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here")
#: A chart whose marks are there.
DRAWN = (
    "[...document.querySelectorAll('.js-plotly-plot')].filter((one) => one.querySelector('.point')).length"
)


class Silent(WSGIRequestHandler):
    """A server that does not tell of each request."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def dashboard(run: Run, path: Path) -> Iterator[str]:
    """The address of the dashboard of the study of a run."""
    shown = pytest.importorskip("optuna_dashboard", reason="not installed: pip install optuna-dashboard")
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    FORMATS["optuna"].write(run, path)
    app = shown.wsgi(JournalStorage(JournalFileBackend(str(path))))
    with make_server("127.0.0.1", 0, app, handler_class=Silent) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/dashboard/studies/0"
        finally:
            server.shutdown()
            serving.join()


@pytest.mark.filterwarnings("default")  # of the dashboard itself
def test_optuna_dashboard(tmp_path: Path) -> None:
    with dashboard(a_run(), tmp_path / "study.log") as address, browser() as tab:
        tab.visit(address)
        assert (tab.until(DRAWN) or 0) >= 3, tab.asked("document.body.innerText")
        told = tab.asked("document.body.innerText")
        assert "Best Trial (number=0)" in told
        assert "optimizer: ádam" in told
        tab.visit(f"{address}/analytics")
        assert (tab.until(DRAWN) or 0) >= 1
        tab.visit(f"{address}/trials?numbers=2")
        assert tab.until("document.body.innerText.includes('the loss, exploded')")
        nothing_is_amiss(tab)


def nothing_is_amiss(tab: Tab) -> None:
    """No exception, and nothing that the browser could not get or read."""
    errors = [told["entry"] for told in tab.of("Log.entryAdded") if told["entry"]["level"] == "error"]
    assert not errors + tab.of("Runtime.exceptionThrown")
