"""What an OCTT run says about itself: header lines, file name, first body line; and the date and zone that follow.

The header's clock and the body's clock may differ by a zone (a header in local summer time over a body in UTC is real),
so a date is never joined to a time of day without looking: the offset must be a whole number of quarter hours.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from perfkit_analyzers.logtext.stamps import DAY_NS, QUARTER_NS, SECOND_NS, midnight_ns, time_of_day_ns
from perfkit_analyzers.message import Role, TestCaseStarted

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z ()/_-]+")
MAX_KEY_CHARACTERS: Final = 41
# Spelling differs between builds (capitals, blanks, brackets); compared in lower case without anything but letters.
HEADER_KEYS: Final = {
    "testcasename": "test_case",
    "testcaseid": "test_case",
    "testcasedescription": "title",
    "teststarttime": "start_text",
    "testendtime": "end_text",
    "systemundertestsut": "sut",
    "systemundertest": "sut",
    "sut": "sut",
    "communicationmedium": "medium",
    "ocppversion": "ocpp_version",
    "octtinstance": "instance",
    "buildnumber": "build",
    "configuration": "configuration",
    "certificationprofile": "profiles",
}
_CLOCK_TEXT: Final = re.compile(
    r"(?:(\d{1,2})-(\d{1,2})-(\d{4})\s+|(\d{4})-(\d{1,2})-(\d{1,2})(?:T|\s+))(\d{1,2}):(\d{1,2}):(\d{1,2})\Z"
)
_TEST_CASE: Final = re.compile(r"(?<![A-Za-z0-9])TC_[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*?_(?:CSMS|CS)(?![A-Za-z])")
_FILE_NAME: Final = re.compile(
    r"(?P<configuration>.*?)_?(?P<test_case>TC_[A-Z0-9]+(?:_[0-9A-Z]+)*?_(?:CSMS|CS))"
    r"(?P<start>\d{4}-\d{2}-\d{2}T\d{2}[_:]\d{2}[_:]\d{2})(?:[.,]\d+)?(?:\..*)?\Z"
)
_LEGACY_SUT: Final = {"CS": Role.CSMS, "CP": Role.CHARGING_STATION}
_VERSION: Final = re.compile(r"\d\.\d(?:\.\d)?")
OFFSET_TOLERANCE_NS: Final = 2_000_000_000
MAX_OFFSET_NS: Final = 50_400_000_000_000  # 14 h


class NamedRun(NamedTuple):
    """What a file name tells about the run in it."""

    configuration: str | None
    test_case: str
    start_ns: int


class Placement(NamedTuple):
    """The day on which the first body line lies, where it was learned, and header clock minus body clock."""

    day_ns: int
    date_source: str | None
    utc_offset_s: int | None
    notes: tuple[str, ...]


def header_pair(line: str) -> tuple[str, str]:
    """Field and value of a `Key : value` line of the header; the field is "" for any other line or key."""
    key, colon, value = line.partition(":")
    key = key.strip()
    return _field(key) if colon and len(key) <= MAX_KEY_CHARACTERS else "", value.strip()


@lru_cache(maxsize=256)  # every run of a log spells the same ten keys
def _field(key: str) -> str:
    return HEADER_KEYS.get(re.sub(r"[^a-z]", "", key.lower()), "") if _KEY.fullmatch(key) else ""


def named_run(name: str) -> NamedRun | None:
    """Configuration, test case and start that OCTT writes into a file name; None for any other name.

    Examples:
        >>> named_run("night/lab_TC_012_CS2026-03-01T11_21_03.889802.log").test_case
        'TC_012_CS'
    """
    match = _FILE_NAME.match(name.replace("\\", "/").rsplit("/", 1)[-1])
    if match is None:
        return None
    start_ns = clock_text_ns(match["start"].replace("_", ":"))
    return None if start_ns is None else NamedRun(match["configuration"] or None, match["test_case"], start_ns)


@lru_cache(maxsize=64)  # each run asks several times for its start and end
def clock_text_ns(text: str | None) -> int | None:
    """A date and time as the header writes it, in nanoseconds since 1970 of that clock; None if it cannot be read."""
    match = _CLOCK_TEXT.match(text or "")
    if match is None:
        return None
    day, month, year, iso_year, iso_month, iso_day, hour, minute, second = match.groups()
    day_ns = midnight_ns(int(year or iso_year), int(month or iso_month), int(day or iso_day))
    time_ns = time_of_day_ns(int(hour), int(minute), int(second))
    return None if day_ns is None or time_ns is None else day_ns + time_ns


def sut_of_test_case(test_case: str | None) -> Role | None:
    """Role under test by the id: `…_CS` and `…_CSMS`, or the old `TC_CP_…` (station) and `TC_CS_…` (central system)."""
    if test_case is None:
        return None
    if old := re.match(r"TC_(CS|CP)_V\d+_", test_case):
        return _LEGACY_SUT[old[1]]
    if test_case.endswith("_CSMS"):
        return Role.CSMS
    return Role.CHARGING_STATION if test_case.endswith("_CS") else None


def split_started(text: str) -> tuple[str | None, str | None]:
    """Test case id and title of a `started_testcase` line, `<block>_CS - <id>-<title>`."""
    match = _TEST_CASE.search(text)
    if match is None:
        return None, text.strip() or None
    return match[0], text[match.end() :].strip(" -") or None


def describe(fields: dict[str, str], named: NamedRun | None, line: int) -> TestCaseStarted:
    """The run as header and file name describe it; clock fields are filled in when the first body line is known."""
    test_case = fields.get("test_case") or (named.test_case if named else None)
    by_id = sut_of_test_case(test_case)
    by_header = _sut_of_header(fields.get("sut", ""))
    sut = by_header or by_id
    notes: list[str] = []
    if by_header and by_id and by_header is not by_id:
        notes.append(f"header says SUT is {fields['sut']}, test case id {test_case} says otherwise")
    if named and fields.get("test_case") and fields["test_case"] != named.test_case:
        notes.append(f"header names {fields['test_case']}, file name {named.test_case}")
    version = _VERSION.search(fields.get("ocpp_version", ""))
    return TestCaseStarted(
        line=line,
        stamp_ns=None,
        test_case=test_case,
        title=fields.get("title") or None,
        sut=sut,
        sut_source="header" if by_header else "test case id" if by_id else None,
        ocpp_version=version[0] if version else None,
        build=fields.get("build") or None,
        configuration=fields.get("configuration") or (named.configuration if named else None),
        profiles=tuple(part.strip() for part in fields.get("profiles", "").strip("[] ").split(",") if part.strip()),
        start_text=fields.get("start_text") or None,
        end_text=fields.get("end_text") or None,
        notes=tuple(notes),
    )


def _sut_of_header(value: str) -> Role | None:
    word = value.upper().strip()
    if word in {"CSMS", "CENTRAL SYSTEM"}:
        return Role.CSMS
    return Role.CHARGING_STATION if word in {"CS", "CP", "CHARGING STATION", "CHARGE POINT"} else None


def place(body_ns: int, *, dated: bool, start_text: str | None, named: NamedRun | None) -> Placement:
    """Day and zone of a body whose first line reads `body_ns` (since 1970 when `dated`, else since midnight).

    The header's start decides, else the file name's. The offset between the two clocks is accepted when it is a whole
    number of quarter hours, to 2 s, and at most 14 h; else the body stays without a zone and a note says so.
    """
    header_ns = clock_text_ns(start_text)
    start_ns = header_ns if header_ns is not None else (named.start_ns if named else None)
    source = None if start_ns is None else "header" if header_ns is not None else "file name"
    if start_ns is None:
        return Placement(body_ns - body_ns % DAY_NS if dated else 0, "line" if dated else None, None, ())
    if dated:
        days = [body_ns - body_ns % DAY_NS]
    else:
        days = [start_ns - start_ns % DAY_NS + shift_ns for shift_ns in (0, -DAY_NS, DAY_NS)]
    time_of_day_ns = body_ns % DAY_NS
    day_ns = min(days, key=lambda day: abs(start_ns - day - time_of_day_ns))
    difference_ns = start_ns - day_ns - time_of_day_ns
    from_quarter_ns = (difference_ns + QUARTER_NS // 2) % QUARTER_NS - QUARTER_NS // 2
    offset_ns = difference_ns - from_quarter_ns
    fits = abs(from_quarter_ns) <= OFFSET_TOLERANCE_NS and abs(offset_ns) <= MAX_OFFSET_NS
    notes = (
        () if fits else (f"{source} start is {difference_ns / SECOND_NS:.3f} s from the first body line: not a zone",)
    )
    offset_s = offset_ns // SECOND_NS if fits and header_ns is not None else None
    return Placement(day_ns, "line" if dated else source, offset_s, notes)


def end_note(started: TestCaseStarted, first_ns: int | None, last_ns: int | None) -> tuple[str, ...]:
    """A note where Test End Time minus Test Start Time differs by more than 3 s from the length of the body."""
    start_ns, end_ns = clock_text_ns(started.start_text), clock_text_ns(started.end_text)
    if start_ns is None or end_ns is None or first_ns is None or last_ns is None:
        return ()
    header_s, body_s = (end_ns - start_ns) / SECOND_NS, (last_ns - first_ns) / SECOND_NS
    if abs(header_s - body_s) <= 3:
        return ()
    return (f"the header's start and end are {header_s:.0f} s apart, the body's first and last line {body_s:.3f} s",)
