"""`perfkit doctor`: what is there for measuring a link, what is missing, and how to mend it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

DOCTOR_SCHEMA_ID = "perfkit.doctor/1"
EXIT_MISSING = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--device", default="auto", metavar="URI", help="look at this device (default: find it)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Print every check; 0, or 3 where something needed is missing."""
    from perfkit_probes.doctor import State, examine

    checks = examine(arguments.device)
    if arguments.json:
        print(json.dumps({"schema": DOCTOR_SCHEMA_ID, "checks": [asdict(check) for check in checks]}, indent=2))
    else:
        for check in checks:
            print(f"{check.state.value:<8} {check.name}: {check.detail}")
            if check.advice is not None:
                print(f"         -> {check.advice}")
    return EXIT_MISSING if any(check.state is State.MISSING for check in checks) else 0
