"""The options of `perfkit analyze` that concern the link: what was recorded, and how the clocks belong together."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import msgspec

from perfkit.core.errors import UsageError
from perfkit.core.log_clock import zone_name
from perfkit.core.pics.model import Pics
from perfkit.core.policy import Policy

_DURATION = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?")
_SECONDS = {None: 1.0, "s": 1.0, "ms": 0.001, "min": 60.0, "m": 60.0, "h": 3600.0}
MAX_OFFSET_S = 86_400.0
MAX_TOLERANCE_S = 3600.0


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("the link during the measurement (docs/method.md 12)")
    group.add_argument(
        "--network",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="records of `perfkit monitor` and results of `perfkit network`",
    )
    group.add_argument(
        "--log-clock",
        type=_zone,
        metavar="ZONE",
        help="what the log's clock shows: UTC, +02:00, Europe/Berlin (default: as the PICS, else the logs tell)",
    )
    group.add_argument(
        "--log-clock-offset",
        type=_duration,
        metavar="TIME",
        help="how far the clock of OCTT's host is ahead of the monitor's: 1.5s, -300ms",
    )
    group.add_argument(
        "--log-clock-tolerance",
        type=_duration,
        metavar="TIME",
        help="how far the two may differ beyond that (default: 2s)",
    )


def _zone(text: str) -> str:
    try:
        return zone_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 1.5s, -300ms, 2min or 1h")
    return float(match[1]) * _SECONDS[match[2]]


def with_clock_of(arguments: argparse.Namespace, pics: Pics | None) -> Pics | None:
    """The PICS with the clock of the options, which win.

    Raises:
        UsageError: an option is out of range, or says something of a clock that nothing is joined with.
    """
    given: dict[str, str | float] = {
        key: value
        for key, value in (
            ("log_clock", arguments.log_clock),
            ("log_clock_offset_s", arguments.log_clock_offset),
            ("log_clock_tolerance_s", arguments.log_clock_tolerance),
        )
        if value is not None
    }
    if not given:
        return pics
    if not arguments.network:
        raise UsageError("--log-clock and its offset and tolerance belong to --network FILE, which is not there")
    if abs(arguments.log_clock_offset or 0.0) > MAX_OFFSET_S:
        raise UsageError("--log-clock-offset is more than a day; a zone is stated with --log-clock")
    if not 0 <= (arguments.log_clock_tolerance or 0.0) <= MAX_TOLERANCE_S:
        raise UsageError("--log-clock-tolerance is a time from 0 to 1 h")
    pics = pics or Pics()
    policy = msgspec.convert({**msgspec.structs.asdict(pics.policy), **given}, Policy)
    return msgspec.structs.replace(pics, policy=policy)
