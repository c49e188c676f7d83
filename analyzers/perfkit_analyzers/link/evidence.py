"""What logs tell of their own clock: days, steps, and the UTC that the tool wrote into its own messages.

One pass over the inputs before they are analysed, so that every run can be judged by what any run tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from perfkit_analyzers.inputs.files import open_inputs
from perfkit_analyzers.link.offset import Evidence, ToolTime
from perfkit_analyzers.message import (
    LogEvent,
    Narration,
    NarrationKind,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import Direction, OcppMessage
from perfkit_analyzers.readers.table import open_log

_BY = re.compile(r"(fell|jumped) by (\d+(?:\.\d+)?) s")


class Stretch(msgspec.Struct):
    """A part of a run between two steps of its clock. Stamps are nanoseconds of the log's own clock.

    `step_ns` is how far the clock was set at its beginning (negative: back), 0 for the first of a run.
    """

    first_line: int
    first_ns: int
    last_ns: int
    step_ns: int = 0
    evidence: Evidence = msgspec.field(default_factory=Evidence)


class RunClock(msgspec.Struct):
    """The clock of one run. `dated`: its stamps carry a day; else they count from 1970.

    `connected` are lines and stamps at which the station connected to the tool.
    """

    file: str
    format: str
    first_line: int
    dated: bool
    stretches: list[Stretch]
    connected: list[tuple[int, int]] = []


def read_clocks(paths: Sequence[str]) -> list[RunClock]:
    """The clocks of all runs, in the order of reading.

    Raises:
        InputError: an input cannot be read.
    """
    clocks: list[RunClock] = []
    for file in open_inputs(paths):
        with file.open() as stream:
            opened = open_log(stream, file.name)
            if opened is not None:
                clocks += _clocks(file.name, opened.format.name, opened.reader)
    return clocks


def _clocks(file: str, log_format: str, events: Iterable[LogEvent]) -> list[RunClock]:
    clocks: list[RunClock] = []
    run: RunClock | None = None
    resolution_ns = 1_000_000
    for event in events:
        if isinstance(event, OcppMessage):
            if run is None:  # a log without any header
                run = RunClock(file, log_format, event.line, False, [])
                clocks.append(run)
            stretch = _stretch(run, event.line, event.stamp_ns)
            if event.direction is Direction.OUT:
                _look_for_time(stretch, event, resolution_ns)
        elif isinstance(event, TestCaseStarted):
            run = RunClock(file, log_format, event.line, event.date_source is not None, [])
            resolution_ns = event.resolution_ns
            clocks.append(run)
        elif isinstance(event, Narration):
            _narration(run, event)
        elif isinstance(event, TestCaseEnded):
            if run is not None and event.stamp_ns is not None and run.stretches:
                run.stretches[-1].last_ns = max(run.stretches[-1].last_ns, event.stamp_ns)
            run = None
    return clocks


def _stretch(run: RunClock, line: int, stamp_ns: int) -> Stretch:
    """The stretch that a stamped line belongs to."""
    if not run.stretches:
        run.stretches.append(Stretch(line, stamp_ns, stamp_ns))
    current = run.stretches[-1]
    current.last_ns = max(current.last_ns, stamp_ns)
    return current


def _narration(run: RunClock | None, narration: Narration) -> None:
    if run is None or narration.stamp_ns is None:
        return
    if narration.kind is NarrationKind.CLOCK_STEP and run.stretches:
        found = _BY.search(narration.text)
        size_ns = int(float(found[2]) * 1e9) if found else 0
        step_ns = -size_ns if found and found[1] == "fell" else size_ns
        run.stretches.append(Stretch(narration.line, narration.stamp_ns, narration.stamp_ns, step_ns))
    else:
        _stretch(run, narration.line, narration.stamp_ns)
        if narration.kind is NarrationKind.CONNECTED:
            run.connected.append((narration.line, narration.stamp_ns))


class _Times(msgspec.Struct, rename="camel"):
    current_time: str | None = None
    timestamp: str | None = None
    meter_value: list[_Metered] = []


class _Metered(msgspec.Struct):
    timestamp: str | None = None


_DECODER = msgspec.json.Decoder(_Times, strict=False)


def _look_for_time(stretch: Stretch, message: OcppMessage, resolution_ns: int) -> None:
    """Note what the tool says of its UTC: `currentTime` is made when it is sent, a `timestamp` may be older."""
    payload = message.payload
    if b"urrentTime" not in payload and b"timestamp" not in payload:
        return
    try:
        times = _DECODER.decode(payload)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return
    at = ToolTime(message.stamp_ns, resolution_ns, message.line)
    if times.current_time is not None:
        stretch.evidence.add(at, times.current_time, is_now=True)
    elif times.timestamp is not None:
        stretch.evidence.add(at, times.timestamp, is_now=False)
    elif times.meter_value and times.meter_value[0].timestamp is not None:
        stretch.evidence.add(at, times.meter_value[0].timestamp, is_now=False)
