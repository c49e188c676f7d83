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
    """Line of the request, where the interval starts, where it ends (or what decided)."""
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


def _value(combination: str, value_ms: int, lines: tuple[int, int, int | None], *flags: str) -> Expected:
    return Expected("observation", combination, value_ms, lines, flags=frozenset(flags))


def _none(reason: str, combination: str, request: int, to: int | None) -> Expected:
    return Expected("exclusion", combination, None, (request, request, to), reason)


def _bound(combination: str, value_ms: int, lines: tuple[int, int, int | None]) -> Expected:
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
        (_value("ClearCache", 61, (6, 6, 7)),),
    ),
    Vector(
        "stamp with a dot, verdict FAIL in the footer",
        RESPONSE,
        HEADER.format(sut="CS ", dashes="-" * 106)
        + '[09:20:43.500] [msg-out]  [2, "1", "ClearCache", {}]\n'
        + '[09:20:43.561] [msg-in]  [3,"1",{"status":"Accepted"}]\n\n\nTest case result : FAIL',
        (_value("ClearCache", 61, (6, 6, 7), "VERDICT"),),
    ),
    Vector(
        "stamp with a date and one blank, over midnight",
        RESPONSE,
        HEADER.format(sut="CS ", dashes="-" * 106)
        + '[2024-05-17T23:59:59:900] [msg-out] [2, "1", "ClearCache", {}]\n'
        + '[2024-05-18T00:00:00:100] [msg-in] [3,"1",{"status":"Accepted"}]\n',
        (_value("ClearCache", 200, (6, 6, 7)),),
    ),
    Vector(
        "midnight without a date",
        RESPONSE,
        octt("""
            23:59:59.950 > 1 ClearCache
            00:00:00.050 < 1 {"status":"Accepted"}
        """),
        (_value("ClearCache", 100, (2, 2, 3)),),
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
        (_none("CLOCK_STEP", "ClearCache", 2, 3), _value("ClearCache", 90, (4, 4, 5))),
    ),
    Vector(
        "a jump of one hour is a clock step",
        RESPONSE,
        octt("""
            12:00:10.000 > 1 ClearCache
            13:00:10.080 < 1 {"status":"Accepted"}
        """),
        (_none("CLOCK_STEP", "ClearCache", 2, 3),),
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
        (_value("ClearCache", 0, (2, 2, 3)), _value("ClearCache", 1000, (4, 4, 5))),
    ),
    Vector(
        "garbage lines between",
        RESPONSE,
        octt("""
            12:00:10.000 > 1 ClearCache
            %%% not a log line
            12:00:10.055 < 1 {"status":"Accepted"}
        """),
        (_value("ClearCache", 55, (2, 2, 4)),),
    ),
    Vector(
        "two runs in one file reuse an id",
        RESPONSE,
        octt("12:00:10.000 > 1 ClearCache")
        + octt("""
            12:05:00.000 > 1 ClearCache
            12:05:00.070 < 1 {"status":"Accepted"}
        """),
        (_bound("ClearCache", 0, (2, 2, 4)), _value("ClearCache", 70, (6, 6, 7))),
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
        (_value("ClearCache", 90, (2, 2, 5)),),
    ),
    Vector(
        "CALLERROR is a response",
        RESPONSE,
        octt("""
            12:00:00.000 > 1 ClearCache
            12:00:00.120 < 1 !NotSupported
        """),
        (_value("ClearCache/CALLERROR", 120, (2, 2, 3)),),
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
            _bound("ClearCache", 40_000, (2, 2, 8)),
            _value("GetConfiguration", 200, (3, 3, 4), "PROTO_OVERLAP"),
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
            _none("DUP_ID", "ClearCache", 2, 3),
            _value("ClearCache", 80, (3, 3, 4), "DUP_ID", "PROTO_OVERLAP"),
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
            _value("GetConfiguration", 80, (3, 3, 4), "DUP_ID", "PROTO_OVERLAP"),
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
            _none("NO_RESP_DISCONNECT", "ClearCache", 2, 3),
            _none("HANDSHAKE", "GetConfiguration", 4, 6),
            _value("GetConfiguration", 44, (8, 8, 9)),
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
        (_value("Authorize/Accepted", 140, (2, 2, 3)), _value("Authorize/Invalid", 90, (4, 4, 5))),
    ),
)

STATUS = "StatusNotification"
AVAILABILITY = "ChangeAvailability/StatusNotification"
RESERVE = "ReserveNow/StatusNotification"
CANCEL = "CancelReservation/StatusNotification"

FUNCTIONS = (
    Vector(
        "ReserveNow: another connector's status before the .conf, then the own one",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
            12:00:00.142 < s StatusNotification {"connectorId":2,"status":"Unavailable"}
            12:00:00.310 < 1 {"status":"Accepted"}
            12:00:00.433 < t StatusNotification {"connectorId":1,"status":"Reserved"}
            12:00:05.000 > 2 CancelReservation {"reservationId":5}
            12:00:05.050 < 2 {"status":"Accepted"}
            12:00:05.130 < u StatusNotification {"connectorId":1,"status":"Available"}
        """),
        (_value(RESERVE, 123, (2, 4, 5)), _value(CANCEL, 80, (6, 7, 8))),
    ),
    Vector(
        "ReserveNow(0) and its cancellation follow the connector that reported Reserved",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ReserveNow {"connectorId":0,"reservationId":5,"idTag":"A"}
            12:00:00.100 < 1 {"status":"Accepted"}
            12:00:00.250 < t StatusNotification {"connectorId":2,"status":"Reserved"}
            12:00:05.000 > 2 CancelReservation {"reservationId":5}
            12:00:05.050 < 2 {"status":"Accepted"}
            12:00:05.060 < u StatusNotification {"connectorId":1,"status":"Available"}
            12:00:05.130 < v StatusNotification {"connectorId":2,"status":"Available"}
        """),
        (_value(RESERVE, 150, (2, 3, 4)), _value(CANCEL, 80, (5, 6, 8))),
    ),
    Vector(
        "ReserveNow refused, failed, held silently",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
            12:00:00.100 < 1 {"status":"Occupied"}
            12:00:01.000 > 2 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
            12:00:01.100 < 2 !InternalError
            12:00:02.000 > 3 ReserveNow {"connectorId":0,"reservationId":5,"idTag":"A"}
            12:00:02.100 < 3 {"status":"Accepted"}
            12:00:09.000 [info] Waiting
        """),
        (
            _none("OCCUPIED", RESERVE, 2, 3),
            _none("CALL_ERROR", RESERVE, 4, 5),
            _none("NO_STATUS", RESERVE, 6, 10),
        ),
    ),
    Vector(
        "ReserveNow with a nested Authorize, no status: censored",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
            12:00:00.020 < a Authorize {"idTag":"A"}
            12:00:00.040 > a {"idTagInfo":{"status":"Accepted"}}
            12:00:00.100 < 1 {"status":"Accepted"}
            12:00:09.100 [info] Waiting
        """),
        (_bound(RESERVE, 9000, (2, 5, 8)),),
    ),
    Vector(
        "ChangeAvailability: transient Available, NOOP, Scheduled",
        TRIGGERED,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Reserved"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.080 < t StatusNotification {"connectorId":1,"status":"Available"}
            12:00:01.110 < u StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:02.000 > 2 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:02.050 < 2 {"status":"Accepted"}
            12:00:03.000 > 3 ChangeAvailability {"connectorId":1,"type":"Operative"}
            12:00:03.050 < 3 {"status":"Scheduled"}
        """),
        (
            _value(AVAILABILITY, 60, (3, 4, 6)),
            _none("NOOP", AVAILABILITY, 7, None),
            _none("SCHEDULED", AVAILABILITY, 9, 10),
        ),
    ),
    Vector(
        "ChangeAvailability(0): the last of the set; connector 2 has the status already",
        TRIGGERED,
        octt("""
            12:00:00.000 < p StatusNotification {"connectorId":0,"status":"Available"}
            12:00:00.100 < q StatusNotification {"connectorId":1,"status":"Available"}
            12:00:00.200 < r StatusNotification {"connectorId":2,"status":"Unavailable"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:01.150 < u StatusNotification {"connectorId":0,"status":"Unavailable"}
        """),
        (_value(AVAILABILITY, 100, (5, 6, 8)),),
    ),
    Vector(
        "ChangeAvailability(0): a member known to differ stays silent; then one never seen does",
        TRIGGERED,
        octt("""
            12:00:00.100 < q StatusNotification {"connectorId":1,"status":"Available"}
            12:00:00.200 < r StatusNotification {"connectorId":2,"status":"Available"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:09.000 > 2 ChangeAvailability {"connectorId":0,"type":"Operative"}
            12:00:09.050 < 2 {"status":"Accepted"}
            12:00:09.150 < u StatusNotification {"connectorId":1,"status":"Available"}
        """),
        (
            _none("SET_INCOMPLETE", AVAILABILITY, 4, 7),
            _value(AVAILABILITY, 100, (7, 8, 9), "SET_PARTIAL"),
        ),
    ),
    Vector(
        "status unknown and silent; then Operative with the cable in",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:00.050 < 1 {"status":"Accepted"}
            12:00:01.000 > 2 ChangeAvailability {"connectorId":1,"type":"Operative"}
            12:00:01.050 < 2 {"status":"Rejected"}
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:03.000 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:04.000 > 3 ChangeAvailability {"connectorId":1,"type":"Operative"}
            12:00:04.050 < 3 {"status":"Accepted"}
            12:00:04.090 < u StatusNotification {"connectorId":1,"status":"Preparing"}
        """),
        (
            _none("STATE_UNKNOWN", AVAILABILITY, 2, None),
            _none("REJECTED", AVAILABILITY, 4, 5),
            _value(AVAILABILITY, 40, (8, 9, 10), "TARGET_ALT"),
        ),
    ),
    Vector(
        "the message before the .conf counts from the request; a prompt inside excludes",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:00.359 < s StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:00.367 < 1 {"status":"Accepted"}
            12:00:01.000 > 2 ChangeAvailability {"connectorId":1,"type":"Operative"}
            12:00:01.050 < 2 {"status":"Accepted"}
            12:00:02.000 [prompt] Please present the card.
            12:00:02.020 < t StatusNotification {"connectorId":1,"status":"Available"}
        """),
        (
            _value(AVAILABILITY, 359, (2, 2, 3), "ORDER_ANOMALY"),
            _none("OPERATOR", AVAILABILITY, 5, 8),
        ),
    ),
    Vector(
        "TC_054: all five messages, the last not implemented",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 TriggerMessage {"requestedMessage":"MeterValues","connectorId":1}
            12:00:00.050 < 1 {"status":"Accepted"}
            12:00:00.060 < m MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2024-05-17T12:00:00Z","sampledValue":[{"value":"1","context":"Sample.Periodic"}]}]}
            12:00:00.110 < n MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2024-05-17T12:00:00Z","sampledValue":[{"value":"1","context":"Trigger"}]}]}
            12:00:01.000 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:01.050 < 2 {"status":"Accepted"}
            12:00:01.120 < h Heartbeat
            12:00:02.000 > 3 TriggerMessage {"requestedMessage":"StatusNotification","connectorId":1}
            12:00:02.050 < 3 {"status":"Accepted"}
            12:00:02.130 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:03.000 > 4 TriggerMessage {"requestedMessage":"DiagnosticsStatusNotification"}
            12:00:03.050 < 4 {"status":"Accepted"}
            12:00:03.140 < d DiagnosticsStatusNotification {"status":"Idle"}
            12:00:04.000 > 5 TriggerMessage {"requestedMessage":"FirmwareStatusNotification"}
            12:00:04.050 < 5 {"status":"NotImplemented"}
        """),
        (
            _value("TriggerMessage/MeterValues", 60, (2, 3, 5)),
            _value("TriggerMessage/Heartbeat", 70, (6, 7, 8)),
            _value("TriggerMessage/StatusNotification", 80, (9, 10, 11)),
            _value("TriggerMessage/DiagnosticsStatusNotification", 90, (12, 13, 14)),
            _none("NOT_IMPLEMENTED", "TriggerMessage/FirmwareStatusNotification", 15, 16),
        ),
    ),
    Vector(
        "what is never counted; reboot and diagnostics",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 ExtendedTriggerMessage {"requestedMessage":"SignChargePointCertificate"}
            12:00:00.050 < 1 {"status":"Accepted"}
            12:00:01.000 > 2 TriggerMessage {"requestedMessage":"BootNotification"}
            12:00:01.050 < 2 {"status":"Rejected"}
            12:00:02.000 > 3 GetDiagnostics {"location":"ftp://lab.example/"}
            12:00:02.050 < 3 {"fileName":"d.zip"}
            12:00:03.000 > 4 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:03.050 < 4 {"status":"Accepted"}
            12:00:03.090 < h Heartbeat
            12:00:04.000 < d DiagnosticsStatusNotification {"status":"Uploaded"}
            12:00:05.000 > 5 Reset {"type":"Soft"}
            12:00:05.050 < 5 {"status":"Accepted"}
            12:00:06.000 < b BootNotification {"chargePointModel":"m","chargePointVendor":"v"}
            12:00:06.020 > b {"status":"Accepted","interval":300,"currentTime":"2024-05-17T12:00:06Z"}
            12:00:06.100 > 6 TriggerMessage {"requestedMessage":"StatusNotification","connectorId":1}
            12:00:06.150 < 6 {"status":"Accepted"}
            12:00:06.190 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:07.000 > 7 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:07.050 < 7 {"status":"Accepted"}
            12:00:07.080 < i Heartbeat
        """),
        (
            _none("NOT_IN_A4", "ExtendedTriggerMessage/SignChargePointCertificate", 2, 3),
            _none("REBOOT", "TriggerMessage/BootNotification", 4, 5),
            _none("FW_DIAG", "TriggerMessage/Heartbeat", 8, 10),
            _none("REBOOT", "TriggerMessage/StatusNotification", 16, 18),
            _value("TriggerMessage/Heartbeat", 30, (19, 20, 21)),
        ),
    ),
    Vector(
        "the Heartbeat grid predicts a periodic one; MinimumStatusDuration is set",
        TRIGGERED,
        octt("""
            12:00:00.000 < b BootNotification {"chargePointModel":"m","chargePointVendor":"v"}
            12:00:00.000 > b {"status":"Accepted","interval":10,"currentTime":"2024-05-17T12:00:00Z"}
            12:00:00.100 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:01.000 > 1 ChangeConfiguration {"key":"MinimumStatusDuration","value":"3"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:09.900 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:09.950 < 2 {"status":"Accepted"}
            12:00:10.030 < h Heartbeat
            12:00:12.000 > 3 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:12.050 < 3 {"status":"Accepted"}
            12:00:15.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
        """),
        (
            _value("TriggerMessage/Heartbeat", 80, (7, 8, 9), "PERIODIC_POSSIBLE"),
            _value(AVAILABILITY, 3030, (10, 11, 12), "MIN_STATUS_DURATION"),
        ),
    ),
)
