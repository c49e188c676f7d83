"""The minimum test vectors of the measurement rules (section 5) as tiny logs with hand-computed rows.

A body is written one frame per line: ``12:00:00.100 > id Action {payload}`` is a CALL of the tool, ``<`` one of the
DUT; without an action the line is an answer (``!`` before the code: a CALLERROR); ``[tag] text`` is any other line.
Line 1 of the log is ``started_testcase``, so that body line n is line n + 1 of the log.
"""

import json
import re
from dataclasses import dataclass

BODY = re.compile(r"^(\S+) ([<>]) (\S+) (?:(!?[A-Z][A-Za-z]+) ?)?(\{.*\})?$")
OTHER = re.compile(r"^(\S+) \[([a-z_]+)\] ?(.*)$")

TRIGGERED = "triggered_function_timeout"
RESPONSE = "response_timeout"
AUTHORIZE = "authorize_response_time"
START = "remote_start_authorization_time"
STOP = "remote_stop_authorization_time"

PLUGGED = "AuthorizeRemoteTxRequests=unknown, without Authorize"


@dataclass(frozen=True)
class Expected:
    """One row; lines are those of the log; ``value_ms`` None for exclusions."""

    kind: str
    combination: str
    value_ms: int | None
    lines: tuple[int, int, int | None]
    """Line of the request, where the interval starts, where it ends; what decided an exclusion, None if silence."""
    reason: str | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vector:
    """A log and all rows of one parameter."""

    name: str
    parameter: str
    text: str
    rows: tuple[Expected, ...]


def octt(body: str, *, test_case: str = "TC_000_CS", verdict: str | None = "PASS") -> str:
    """An OCTT log of the body in the short notation."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    first, last = lines[0].split()[0], lines[-1].split()[0]
    out = [f"[{first}] [started_testcase]  Core_CS - {test_case}-Title", *map(_expand, lines)]
    if verdict:
        out.append(f"[{last}] [verdict]  {verdict}")
    return "\n".join([*out, f"[{last}] [stopped_testcase]  "]) + "\n"


def _expand(line: str) -> str:
    if found := OTHER.match(line):
        return f"[{found[1]}] [{found[2]}]  {found[3]}"
    found = BODY.match(line)
    if not found:
        return line
    stamp, direction, message_id, action, payload = found.groups()
    frame: list[object] = [3, message_id, json.loads(payload or "{}")]
    if action and action.startswith("!"):
        frame = [4, message_id, action[1:], "", {}]
    elif action:
        frame = [2, message_id, action, json.loads(payload or "{}")]
    tag = "msg-out" if direction == ">" else "msg-in"
    return f"[{stamp}] [{tag}]  {json.dumps(frame)}"


def value(combination: str, value_ms: int, lines: tuple[int, int, int | None], *flags: str) -> Expected:
    return Expected("observation", combination, value_ms, lines, flags=frozenset(flags))


def none(reason: str, combination: str, request: int, to: int | None) -> Expected:
    return Expected("exclusion", combination, None, (request, request, to), reason)


def bound(combination: str, value_ms: int, lines: tuple[int, int, int | None]) -> Expected:
    return Expected("censored", combination, value_ms, lines)


HEADER = """Test Case Name : TC_001_CS
Test Start Time : 17-05-2024 11:20:43
System Under Test (SUT) : {sut}
OCPP Version : OCPP 1.6
{dashes}
"""

READING = (
    Vector(
        "stamp with a colon before the milliseconds, header in a summer-time zone, footer only",
        RESPONSE,
        HEADER.format(sut="CS ", dashes="-" * 106)
        + '[09:20:43:500] [msg-out]  [2, "1", "ClearCache", {}]\n'
        + '[09:20:43:561] [msg-in]  [3,"1",{"status":"Accepted"}]\n\n\nTest case result : PASS',
        (value("ClearCache", 61, (6, 6, 7)),),
    ),
    Vector(
        "stamp with a dot, verdict FAIL in the footer",
        RESPONSE,
        HEADER.format(sut="CS ", dashes="-" * 106)
        + '[09:20:43.500] [msg-out]  [2, "1", "ClearCache", {}]\n'
        + '[09:20:43.561] [msg-in]  [3,"1",{"status":"Accepted"}]\n\n\nTest case result : FAIL',
        (value("ClearCache", 61, (6, 6, 7), "VERDICT"),),
    ),
    Vector(
        "stamp with a date and one blank, over midnight",
        RESPONSE,
        HEADER.format(sut="CS ", dashes="-" * 106)
        + '[2024-05-17T23:59:59:900] [msg-out] [2, "1", "ClearCache", {}]\n'
        + '[2024-05-18T00:00:00:100] [msg-in] [3,"1",{"status":"Accepted"}]\n',
        (value("ClearCache", 200, (6, 6, 7)),),
    ),
    Vector(
        "midnight without a date",
        RESPONSE,
        octt("""
            23:59:59.950 > 1 ClearCache
            00:00:00.050 < 1 {"status":"Accepted"}
        """),
        (value("ClearCache", 100, (2, 2, 3)),),
    ),
    Vector(
        "clock step in one interval, none in the next",
        RESPONSE,
        octt("""
            12:00:10.000 > 1 ClearCache
            12:00:07.500 < 1 {"status":"Accepted"}
            12:00:08.000 > 2 ClearCache
            12:00:08.090 < 2 {"status":"Accepted"}
        """),
        (none("CLOCK_STEP", "ClearCache", 2, 3), value("ClearCache", 90, (4, 4, 5))),
    ),
    Vector(
        "a jump of one hour is a clock step",
        RESPONSE,
        octt("""
            12:00:10.000 > 1 ClearCache
            13:00:10.080 < 1 {"status":"Accepted"}
        """),
        (none("CLOCK_STEP", "ClearCache", 2, 3),),
    ),
    Vector(
        "stamps of one second",
        RESPONSE,
        octt("""
            12:00:10.000 > 1 ClearCache
            12:00:10.000 < 1 {"status":"Accepted"}
            12:00:11.000 > 2 ClearCache
            12:00:12.000 < 2 {"status":"Accepted"}
        """),
        (value("ClearCache", 0, (2, 2, 3)), value("ClearCache", 1000, (4, 4, 5))),
    ),
    Vector(
        "garbage lines between",
        RESPONSE,
        octt(
            """
            12:00:10.000 > 1 ClearCache
            %%% not a log line
            12:00:10.055 < 1 {"status":"Accepted"}
        """
            + 30 * "12:00:11.000 < h Heartbeat\n"
        ),
        (value("ClearCache", 55, (2, 2, 4)),),
    ),
    Vector(
        "two runs in one file reuse an id",
        RESPONSE,
        octt("12:00:10.000 > 1 ClearCache")
        + octt("""
            12:05:00.000 > 1 ClearCache
            12:05:00.070 < 1 {"status":"Accepted"}
        """),
        (bound("ClearCache", 0, (2, 2, 4)), value("ClearCache", 70, (6, 6, 7))),
    ),
)

PAIRING = (
    Vector(
        "the same id in both directions",
        RESPONSE,
        octt("""
            12:00:00.000 > 7 ClearCache
            12:00:00.010 < 7 Heartbeat
            12:00:00.020 > 7 {"currentTime":"2024-05-17T12:00:00Z"}
            12:00:00.090 < 7 {"status":"Accepted"}
        """),
        (value("ClearCache", 90, (2, 2, 5)),),
    ),
    Vector(
        "CALLERROR is a response",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:00.120 < 1 !NotSupported
        """),
        (value("ClearCache/CALLERROR", 120, (2, 2, 3), "CALL_ERROR"),),
    ),
    Vector(
        "unanswered: censored at the last line of the run; the next CALL overlaps; an orphan answer",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:30.000 > 2 GetConfiguration
            12:00:30.200 < 2 {}
            12:00:31.000 < 99 {}
            12:00:40.000 [info] Waiting
        """),
        (
            bound("ClearCache", 40_000, (2, 2, 8)),
            value("GetConfiguration", 200, (3, 3, 4), "PROTO_OVERLAP"),
        ),
    ),
    Vector(
        "retransmission with the same id: the newest takes the answer",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:05.000 > 1 ClearCache
            12:00:05.080 < 1 {"status":"Accepted"}
        """),
        (
            none("DUP_ID", "ClearCache", 2, 3),
            value("ClearCache", 80, (3, 3, 4), "DUP_ID", "PROTO_OVERLAP"),
        ),
    ),
    Vector(
        "same id, other content: the older stays open",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:05.000 > 1 GetConfiguration
            12:00:05.080 < 1 {}
        """),
        (
            Expected("censored", "ClearCache", 5080, (2, 2, 6), flags=frozenset({"DUP_ID"})),
            value("GetConfiguration", 80, (3, 3, 4), "DUP_ID", "PROTO_OVERLAP"),
        ),
    ),
    Vector(
        "connection lost before the answer; a CALL answered after the handshake",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:01.000 [info] Disconnected from System Under Test
            12:00:02.000 > 2 GetConfiguration
            12:00:09.000 [info] Successfully connected to System Under Test
            12:00:09.100 < 2 {}
            12:00:09.500 < 1 {"status":"Accepted"}
            12:00:10.000 > 3 GetConfiguration
            12:00:10.044 < 3 {}
        """),
        (
            none("NO_RESP_DISCONNECT", "ClearCache", 2, 3),
            none("HANDSHAKE", "GetConfiguration", 4, 6),
            value("GetConfiguration", 44, (8, 8, 9)),
        ),
    ),
    Vector(
        "CSMS role: Authorize by status; no parameter of the station",
        AUTHORIZE,
        octt(
            """
            12:00:00.000 > 1 Authorize {"idTag":"A"}
            12:00:00.140 < 1 {"idTagInfo":{"status":"Accepted"}}
            12:00:01.000 > 2 Authorize {"idTag":"B"}
            12:00:01.090 < 2 {"idTagInfo":{"status":"Invalid"}}
            12:00:02.000 < 1 RemoteStartTransaction {"idTag":"A"}
            12:00:02.020 > 1 {"status":"Accepted"}
            """,
            test_case="TC_010_CSMS",
        ),
        (value("Authorize/Accepted", 140, (2, 2, 3)), value("Authorize/Invalid", 90, (4, 4, 5))),
    ),
)
