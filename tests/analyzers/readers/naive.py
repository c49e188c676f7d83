"""A slow and simple reading of the messages of an OCTT text log, which shares no code with the reader under test."""

from __future__ import annotations

import datetime
import json
import re
from typing import NamedTuple

STAMPED = re.compile(
    r"\[(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d):(\d\d):(\d\d)[:.,](\d{3,9})\]\s*\[([A-Za-z_-]+)\](.*)", re.DOTALL | re.ASCII
)

JOINED = re.compile(
    r"(\[[0-9T:., -]+\]\s*\[msg-(?:in|out)\].*?\}\])\s*\ufeff?(?:Test ?case name\s*:|\[[0-9T:., -]+\]\s*\[started_testcase\])",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)


class Read(NamedTuple):
    """What is compared: line, time of day in ns, direction, and the frame (payload decoded)."""

    line: int
    time_of_day_ns: int
    direction: str
    type: int
    message_id: str
    action: str | None
    error_code: str | None
    payload: object


def refuse(constant: str) -> None:
    raise ValueError(constant)


def frame_of(text: str) -> list[object] | None:
    """The JSON array in the text when it is an OCPP-J frame, else None."""
    try:
        frame = json.loads(text, parse_constant=refuse)
        json.dumps(frame, ensure_ascii=False).encode()  # fails on half of a surrogate pair
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, list) or len(frame) < 3 or type(frame[0]) is not int or type(frame[1]) not in (str, int):
        return None
    kind, size = frame[0], len(frame)
    if kind in (2, 6):
        good = size == 4 and isinstance(frame[2], str) and frame[2] != "" and isinstance(frame[3], dict)
    elif kind == 3:
        good = size == 3 and isinstance(frame[2], dict)
    else:
        good = kind in (4, 5) and size <= 5 and isinstance(frame[2], str) and (size < 5 or isinstance(frame[4], dict))
    return frame if good else None


def read(data: bytes) -> list[Read]:
    """All messages of a log in UTF-8, in file order."""
    data = re.sub(rb"\x1b\[[0-9;?]*[ -/]*[@-~]", b"", data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"))
    lines = []
    for raw in data.split(b"\n"):
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        before, quote, after = text.strip("\0 \t\r").removeprefix("\ufeff").partition('"')
        line = (before.replace("\xa0", " ") + quote + after).strip("\0 \t\r")
        joined = JOINED.match(line)
        lines.append(joined[1] if joined else line)
    found = []
    for number, line in enumerate(lines, start=1):
        match = STAMPED.fullmatch(line)
        if match is None or match[6].lower() not in ("msg-in", "msg-out"):
            continue
        hour, minute, second = int(match[2]), int(match[3]), int(match[4])
        if hour > 23 or minute > 59 or second > 59 or not _is_day(match[1]):
            continue
        text = match[7].strip("\0 \t\r")
        frame = frame_of(text)
        following = number
        while (
            frame is None and not _is_json(text) and following < len(lines) and not STAMPED.fullmatch(lines[following])
        ):
            text += "\n" + lines[following]
            following += 1
            frame = frame_of(text)
        if frame is None:
            continue
        clock_ns = (hour * 3600 + minute * 60 + second) * 10**9 + int(match[5].ljust(9, "0"))
        found.append(_read(number, clock_ns, match[6].lower(), frame))
    return found


def _is_day(date: str | None) -> bool:
    try:
        return date is None or bool(datetime.date.fromisoformat(date))
    except ValueError:
        return False


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _read(line: int, clock_ns: int, direction: str, frame: list[object]) -> Read:
    kind = frame[0]
    assert isinstance(kind, int)
    call, error = kind in (2, 6), kind in (4, 5)
    payload = (frame[4] if len(frame) == 5 else {}) if error else frame[-1]
    action = str(frame[2]) if call else None
    code = str(frame[2]) if error else None
    return Read(line, clock_ns, direction, kind, str(frame[1]), action, code, payload)
