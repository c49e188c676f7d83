"""A run that is stopped at any moment leaves the dongle as it was; after SIGKILL `perfkit dongle restore` does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfkit_probes.radio.switching.journal import Journal
from tests.probes.radio.devices import BENCHES

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("killed_run.py")
MOMENTS = random.Random(20)
CASES = [
    (kind, number, round(MOMENTS.uniform(0.0, 0.8), 3))
    for number, times in ((signal.SIGTERM, 3), (signal.SIGINT, 3), (signal.SIGKILL, 4))
    for kind in BENCHES
    for _ in range(times)
]

pytestmark = pytest.mark.slow


def environment(state: Path) -> dict[str, str]:
    roots = os.pathsep.join(str(path) for path in (ROOT, ROOT / "analyzers", ROOT / "probes"))
    return {**os.environ, "PYTHONPATH": roots, "XDG_STATE_HOME": str(state)}


@pytest.mark.skipif(sys.platform != "linux", reason="signals and pseudo-terminals as on Linux")
@pytest.mark.parametrize(("kind", "number", "moment_s"), CASES)
def test_dongle_is_as_it_was(kind: str, number: signal.Signals, moment_s: float, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "perfkit")
    with BENCHES[kind](lte_band="80000") as bench:
        before = bench.settings()
        command = [sys.executable, str(SCRIPT), bench.uri, str(tmp_path / "perfkit")]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(tmp_path)
        ) as run:
            try:
                assert run.stdout is not None
                assert run.stdout.readline() == b"inside\n"
                time.sleep(moment_s)
                run.send_signal(number)
                run.communicate()
            finally:
                run.kill()  # else leaving `with` waits for a run that goes on, beyond the limit of pytest
        if number == signal.SIGKILL:
            assert run.returncode == -signal.SIGKILL
            assert len(journal.entries()) == 1
            heal = [sys.executable, "-c", "import sys; from perfkit.cli.main import main; sys.exit(main())"]
            done = subprocess.run(
                [*heal, "dongle", "restore"], env=environment(tmp_path), capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, "")
            assert "restored" in done.stdout
        else:
            assert run.returncode == (128 + number if number == signal.SIGTERM else -number)

        assert bench.settings() == before
        assert journal.entries() == []
