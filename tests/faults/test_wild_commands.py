"""What a command does costs its own trial and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.faults.conftest import choices, results, running

CONFIG = """\
objective: {kind: command, command: [sh, script.sh, "{case}"], timeout: 4s}
search: {sampler: grid, trials: 200, max_failures: off}
dispatch: {grace: 0.7s}
"""
SCRIPT = """\
case $1 in
fine) test "$PWD" = "FOLDER" && echo score=1;;
daemon) PYTHON -c '
import os
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    os.execvp("sleep", ["sleep", "LASTING"])
os.wait()'; echo score=1;;
session) setsid sleep LASTING & echo score=1;;
sessions) setsid sleep LASTING & setsid sleep LASTING; sleep LASTING;;
nohup) nohup sleep LASTING > /dev/null 2>&1 & echo score=1;;
many) for i in 1 2 3 4 5 6 7 8 9; do sleep LASTING & done; echo score=1;;
closes) echo score=1; exec >&- 2>&- <&-; sleep 0.3;;
closed) exec >&- 2>&- <&-; echo '{"score": 1}' > "$HPSEARCH_RESULT";;
stopped) kill -STOP $$;;
deaf) trap '' TERM INT HUP; while :; do sleep 0.2; done;;
orphaned) kill -9 $PPID; sleep LASTING;;
group) kill -9 0;;
loud) head -c 100000000 /dev/zero | tr '\\0' x >&2; exit 1;;
asks) read answer; echo score=1;;
segfault) exec PYTHON -c 'import ctypes; ctypes.string_at(0)';;
limited) ulimit -v 500000; exec PYTHON -c 'bytearray(1 << 30)';;
moves) cd /; echo score=1;;
removes) rm -rf "$(dirname "$HPSEARCH_PARAMS")" "$HPSEARCH_CHECKPOINT"; echo score=1;;
endless) while :; do echo score=1; sleep 0.1; done;;
esac
"""
EXPECTED = {
    "daemon": ("done", ""),
    "session": ("done", ""),
    "sessions": ("timeout", "ran longer than 4 s"),
    "nohup": ("done", ""),
    "many": ("done", ""),
    "closes": ("done", ""),
    "closed": ("done", ""),
    "stopped": ("timeout", "ran longer than 4 s"),
    "deaf": ("timeout", "ran longer than 4 s"),
    "orphaned": ("failed", "the command was killed"),
    "group": ("crashed", "the command was killed by SIGKILL"),
    "loud": ("failed", "the command ended with exit status 1: xxxx"),
    "asks": ("done", ""),
    "segfault": ("crashed", "the command was killed by SIGSEGV"),
    "limited": ("failed", "the command ended with exit status 1: MemoryError"),
    "moves": ("done", ""),
    "removes": ("done", ""),
    "endless": ("timeout", "ran longer than 4 s"),
    "fine": ("done", ""),
}


@pytest.mark.long
@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a process that left its session be followed"
)
def test_every_wild_thing_costs_its_own_trial_alone(
    folder: Path, real_hpsearch: Hpsearch, lasting: str
) -> None:
    cases = list(EXPECTED)
    script = SCRIPT.replace("LASTING", lasting).replace("PYTHON", sys.executable)
    (folder / "script.sh").write_text(script.replace("FOLDER", str(folder)))
    (folder / "config.yaml").write_text(CONFIG + choices(cases))
    ended = real_hpsearch("run", "config.yaml", "--workers", "2", timeout=100)
    assert ended.returncode == 0, ended.stderr
    found = {cases[result.trial]: result for result in results(folder / "runs/config")}
    assert {case: result.status for case, result in found.items()} == {
        case: status for case, (status, _) in EXPECTED.items()
    }, {case: result.reason for case, result in found.items()}
    for case, (_, words) in EXPECTED.items():
        assert found[case].reason.startswith(words)
    assert not running("sleep", lasting)
