"""A run for test_killed_runs.py: changes the technology of the dongle at argv[1] until it is stopped; state in argv[2]."""

from __future__ import annotations

import sys
from pathlib import Path

from perfkit_probes.radio.base import Technology
from perfkit_probes.radio.switching.guard import ModeGuard, SwitchLimits
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.radio.table import open_device
from tests.probes.radio.devices import CLOCK


def main(uri: str, state: Path) -> None:
    limits = SwitchLimits(deadline_s=600, restore_s=1200)
    journal = Journal(state)
    with ModeGuard(lambda: open_device(uri, clock=CLOCK), journal=journal, clock=CLOCK, limits=limits) as guard:
        print("inside", flush=True)  # noqa: T201 - tells the test when to begin counting
        while True:
            for technology in Technology:
                guard.switch(technology)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
