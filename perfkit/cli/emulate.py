"""`perfkit emulate`: what perfkit can be tried with when the real thing is not at hand."""

from __future__ import annotations

import argparse
import importlib
from types import ModuleType

# One line per kind: its module has `add_arguments(parser)` and `run(arguments) -> int`.
KINDS: dict[str, tuple[str, str]] = {
    "dongle": ("perfkit.cli.emulate_dongle", "a Huawei E3372h with HiLink or stick firmware"),
    "link": ("perfkit.cli.emulate_link", "a link of known rate, delay, jitter, loss and queue"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one sub-command per kind."""
    kinds = parser.add_subparsers(dest="kind_of_emulator", required=True, metavar="WHAT")
    for name, (module, summary) in KINDS.items():
        one = kinds.add_parser(name, help=summary, description=f"Emulate {summary}.", allow_abbrev=False)
        _module(module).add_arguments(one)


def run(arguments: argparse.Namespace) -> int:
    """Emulate until interrupted."""
    exit_code: int = _module(KINDS[arguments.kind_of_emulator][0]).run(arguments)
    return exit_code


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)
