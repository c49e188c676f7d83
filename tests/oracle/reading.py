"""Reads OCTT text logs the slow way: whole file in memory, one regular expression, ``json.loads`` per frame.

Only the standard library is used and nothing of perfkit is imported: the oracle must be able to disagree.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

LINE = re.compile(
    r"^\[(?:(?P<date>\d{4}-\d{2}-\d{2})T)?(?P<h>\d{2}):(?P<m>\d{2}):(?P<s>\d{2})[:.](?P<ms>\d{3})\]"
    r"\s\[(?P<tag>[A-Za-z_-]+)\](?:\s{0,2}(?P<text>.*))?$"
)
HEADER_NAME = re.compile(r"^Test Case Name\s*:\s?(?P<value>.*?)\s*$")
HEADER_SUT = re.compile(r"^System Under Test \(SUT\)\s*:\s?(?P<value>.*?)\s*$")
FOOTER = re.compile(r"^Test case result\s*:\s*(?P<value>\S+)")
TEST_CASE = re.compile(r"TC_[A-Z0-9]+(?:_[0-9]+)*_(?:CSMS|CS)\b")

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CALL, CALLRESULT, CALLERROR = 2, 3, 4


@dataclass
class Record:
    """One stamped line of a run."""

    line: int
    at_ms: int
    tag: str
    text: str
    step: bool = False
    """The clock stepped between the stamped line before and this one (rule P6)."""
    frame_type: int | None = None
    message_id: str = ""
    action: str = ""
    payload: dict[str, Any] = field(default_factory=dict)

    def is_call(self, *, sender: str, action: str | None = None) -> bool:
        """True for a CALL of the sender ("tool" or "dut"), of the action if one is named."""
        return self.frame_type == CALL and self.sender == sender and action in (None, self.action)

    @property
    def sender(self) -> str:
        """Who sent the frame: the tool wrote the log, so msg-out is the tool."""
        return "tool" if self.tag == "msg-out" else "dut"

    @property
    def connection_event(self) -> str | None:
        """Either "lost", "up" (connected or a reconnection accepted) or None (log-formats section 1.5)."""
        if self.tag != "info":
            return None
        if self.text.startswith("Disconnected from System Under Test"):
            return "lost"
        if self.text.startswith(("Successfully connected", "The OCTT accepts the reconnection attempt")):
            return "up"
        return None

    @property
    def prompt_kind(self) -> str | None:
        """Either "plug", "unplug", "power", "other" for a prompt, else None (log-formats section 1.4)."""
        if self.tag != "prompt":
            return None
        text = self.text.lower()
        if "unplug" in text:
            return "unplug"
        if "plug in" in text:
            return "plug"
        if "power cycle" in text or "power-cycle" in text or "reboot" in text:
            return "power"
        return "other"

    @property
    def needs_operator(self) -> bool:
        """A prompt, or the dismissal of one that was open before (T9, section 4.4 condition 2)."""
        return self.tag in ("prompt", "api_dismissed")

    @property
    def prompt_connector(self) -> int | None:
        """The connector a prompt names; None where it names none."""
        found = re.search(r"connectorId '?(\d+)", self.text)
        return int(found.group(1)) if found else None


@dataclass
class Run:
    """One execution of a test case."""

    test_case: str | None = None
    sut: str | None = None
    verdict: str | None = None
    records: list[Record] = field(default_factory=list)

    @property
    def role(self) -> str | None:
        """The system under test, "CS" or "CSMS": header, then the id of the test case (log-formats 1.2)."""
        if self.sut in ("CS", "CSMS"):
            return self.sut
        if self.test_case:
            return "CSMS" if self.test_case.endswith("CSMS") else "CS"
        return None


def read_runs(text: str) -> list[Run]:
    """Returns the runs of one log; a header or a second ``started_testcase`` starts the next one."""
    runs = [Run()]
    for number, line in enumerate(text.splitlines(), start=1):
        stamped = LINE.match(line)
        if stamped:
            if stamped["tag"] == "started_testcase" and runs[-1].records:
                runs.append(Run())
            _add_record(runs[-1], number, stamped)
        else:
            _read_margin(runs, line)
    return [run for run in runs if run.records]


def _read_margin(runs: list[Run], line: str) -> None:
    """Header and footer lines."""
    if name := HEADER_NAME.match(line):
        if runs[-1].records or runs[-1].test_case:
            runs.append(Run())
        runs[-1].test_case = name["value"]
    elif sut := HEADER_SUT.match(line):
        runs[-1].sut = sut["value"]
    elif footer := FOOTER.match(line):
        runs[-1].verdict = footer["value"]


def _add_record(run: Run, number: int, stamped: re.Match[str]) -> None:
    record = Record(line=number, at_ms=0, tag=stamped["tag"], text=(stamped["text"] or "").strip())
    _set_time(run, record, stamped)
    if record.tag in ("msg-in", "msg-out"):
        _read_frame(record)
    if record.tag == "verdict":
        run.verdict = record.text
    if record.tag == "started_testcase" and run.test_case is None:
        found = TEST_CASE.search(record.text)
        run.test_case = found.group(0) if found else None
    run.records.append(record)


def _set_time(run: Run, record: Record, stamped: re.Match[str]) -> None:
    """Stamp in ms on a scale of the run; midnight and clock steps by log-formats section 1.3."""
    hms = (int(stamped["h"]) * 60 + int(stamped["m"])) * 60 + int(stamped["s"])
    of_day_ms = hms * 1000 + int(stamped["ms"])
    if stamped["date"]:
        year, month, day = (int(part) for part in stamped["date"].split("-"))
        record.at_ms = _day_number(year, month, day) * DAY_MS + of_day_ms
    elif run.records:
        before_ms = run.records[-1].at_ms
        record.at_ms = before_ms // DAY_MS * DAY_MS + of_day_ms
        if before_ms - record.at_ms > DAY_MS // 2:
            record.at_ms += DAY_MS
    else:
        record.at_ms = of_day_ms
    if run.records:
        change_ms = record.at_ms - run.records[-1].at_ms
        record.step = change_ms < 0 or abs(change_ms - HOUR_MS) <= 60_000


def _day_number(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 (proleptic Gregorian calendar)."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1


def _read_frame(record: Record) -> None:
    """OCPP-J 1.6 section 4.2: [2, id, action, payload], [3, id, payload], [4, id, code, text, details]."""
    try:
        frame = json.loads(record.text, parse_float=_number)
    except ValueError:
        return
    if not isinstance(frame, list) or len(frame) < 3 or frame[0] not in (CALL, CALLRESULT, CALLERROR):
        return
    if frame[0] == CALL:
        if len(frame) < 4 or not isinstance(frame[2], str) or not isinstance(frame[3], dict):
            return
        record.action, record.payload = frame[2], frame[3]
    if frame[0] == CALLRESULT:
        if not isinstance(frame[2], dict):
            return
        record.payload = frame[2]
    record.frame_type = frame[0]
    record.message_id = str(frame[1])


def _number(text: str) -> int | float:
    """The tool writes 10 as 10.000000 (log-formats section 1.1)."""
    value = float(text)
    return int(value) if value.is_integer() else value


_TIMESTAMP = re.compile(r"^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$")


def payload_time_ms(text: object) -> int | None:
    """A date-time of a payload in ms on the scale of dated stamps; None if it is none."""
    found = _TIMESTAMP.match(text) if isinstance(text, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    milli = int((found[7] or "0").ljust(3, "0")[:3])
    zone = found[8] or "Z"
    zone_min = 0 if zone == "Z" else int(zone[:3]) * 60 + int(zone[0] + zone[4:])
    of_day_ms = ((hour * 60 + minute - zone_min) * 60 + second) * 1000 + milli
    return _day_number(year, month, day) * DAY_MS + of_day_ms
