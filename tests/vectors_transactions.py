"""Vectors of remote start and stop (measurement rules, sections 4.4 to 4.6); notation as in ``tests.vectors``."""

from tests.vectors import PAIRING, PLUGGED, READING, START, STOP, Expected, Vector, octt
from tests.vectors_functions import FUNCTIONS

STOPPED = "RemoteStopTransaction/StopTransaction"


def _start(value_ms: int, lines: tuple[int, int, int], *flags: str, strata: str = PLUGGED) -> Expected:
    return Expected("observation", strata, value_ms, lines, flags=frozenset(flags))


def _none(reason: str, request: int, to: int | None, combination: str = PLUGGED) -> Expected:
    return Expected("exclusion", combination, None, (request, request, to), reason)


STARTS = (
    Vector(
        "plugged in first (010): cached id, no Authorize; then a start before the .conf",
        START,
        octt("""
            12:00:00.000 [prompt] Please plug in your cable on EV side now.
            12:00:01.000 [api_dismissed] 00000000-0000-0000-0000-000000000001
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:03.073 < 1 {"status":"Accepted"}
            12:00:03.189 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:03Z"}
            12:00:13.000 > 2 RemoteStartTransaction {"idTag":"B"}
            12:00:13.100 < u StartTransaction {"connectorId":1,"idTag":"B","meterStart":0,"timestamp":"2024-05-17T12:00:13Z"}
            12:00:13.150 < 2 {"status":"Accepted"}
        """),
        (_start(189, (5, 5, 7)), _start(100, (8, 8, 9), "ORDER_ANOMALY")),
    ),
    Vector(
        "nested Authorize, the setting is known",
        START,
        octt("""
            12:00:00.000 > 0 GetConfiguration {"key":["AuthorizeRemoteTxRequests"]}
            12:00:00.050 < 0 {"configurationKey":[{"key":"AuthorizeRemoteTxRequests","readonly":false,"value":"true"}]}
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A"}
            12:00:03.073 < 1 {"status":"Accepted"}
            12:00:03.100 < a Authorize {"idTag":"A"}
            12:00:03.120 > a {"idTagInfo":{"status":"Accepted"}}
            12:00:03.250 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:03Z"}
        """),
        (_start(250, (5, 5, 9), strata="AuthorizeRemoteTxRequests=true, with Authorize"),),
    ),
    Vector(
        "plug after the request (011_1)",
        START,
        octt("""
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:03.212 < 1 {"status":"Accepted"}
            12:00:03.300 < t StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:04.000 [prompt] Please plug in your cable on EV side now.
            12:00:06.000 < u StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:06Z"}
        """),
        (_none("WAIT_PLUG", 3, 6),),
    ),
    Vector(
        "ConnectionTimeOut (011_2)",
        START,
        octt("""
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:03.212 < 1 {"status":"Accepted"}
            12:00:03.300 < t StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:33.300 < u StatusNotification {"connectorId":1,"status":"Available"}
        """),
        (_none("CONNECTION_TIMEOUT", 3, 6),),
    ),
    Vector(
        "refused, never started, plug state unknown, refused Authorize",
        START,
        octt("""
            12:00:00.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:00.100 < 1 {"status":"Rejected"}
            12:00:01.000 > 2 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:01.100 < 2 {"status":"Accepted"}
            12:00:01.200 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:01Z"}
            12:00:02.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:03.000 > 3 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:03.100 < 3 {"status":"Accepted"}
            12:00:04.000 > 4 RemoteStartTransaction {"idTag":"C","connectorId":1}
            12:00:04.100 < 4 {"status":"Accepted"}
            12:00:04.200 < a Authorize {"idTag":"C"}
            12:00:04.220 > a {"idTagInfo":{"status":"Blocked"}}
        """),
        (
            _none("REJECTED", 2, 3),
            _none("PLUG_STATE_UNKNOWN", 4, 6),
            _none("NO_START", 8, None),
            _none("AUTH_REFUSED", 10, 13, "AuthorizeRemoteTxRequests=unknown, with Authorize"),
        ),
    ),
    Vector(
        "reconnection in between; then a queued start after it",
        START,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing","timestamp":"2024-05-17T12:00:00Z"}
            12:00:01.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:01.100 < 1 {"status":"Accepted"}
            12:00:02.000 [info] Disconnected from System Under Test
            12:00:20.000 [info] Successfully connected to System Under Test
            12:00:20.500 > 2 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:20.600 < 2 {"status":"Accepted"}
            12:00:20.700 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:03Z"}
        """),
        (_none("DISCONNECT", 3, 5), _none("QUEUED", 7, 9)),
    ),
    Vector(
        "the backlog is drained by the first fresh message",
        START,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing","timestamp":"2024-05-17T14:00:00Z"}
            12:00:02.000 [info] Disconnected from System Under Test
            12:00:20.000 [info] Successfully connected to System Under Test
            12:00:20.500 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:20.600 < 1 {"status":"Accepted"}
            12:00:20.700 < m MeterValues {"connectorId":2,"meterValue":[{"timestamp":"2024-05-17T14:00:10Z","sampledValue":[]}]}
            12:00:20.800 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T14:00:20Z"}
        """),
        (_start(300, (5, 5, 8)),),
    ),
    Vector(
        "Finishing or Reserved and a confirmed plug-in prompt; Finishing alone says nothing",
        START,
        octt("""
            12:00:00.000 < r StatusNotification {"connectorId":1,"status":"Reserved"}
            12:00:01.000 [prompt] Please plug in your cable on EV side now.
            12:00:02.000 [api_dismissed] 00000000-0000-0000-0000-000000000001
            12:00:03.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:03.073 < 1 {"status":"Accepted"}
            12:00:03.100 < p StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:03.189 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:03Z"}
            12:00:08.000 < f StatusNotification {"connectorId":1,"status":"Finishing"}
            12:00:09.000 > 2 RemoteStartTransaction {"idTag":"A","connectorId":1}
            12:00:09.073 < 2 {"status":"Accepted"}
            12:00:09.189 < u StartTransaction {"connectorId":1,"idTag":"A","meterStart":1,"timestamp":"2024-05-17T12:00:09Z"}
        """),
        (_start(189, (5, 5, 8)), _none("PLUG_STATE_UNKNOWN", 10, 12)),
    ),
    Vector(
        "Faulted, Reset, a prompt, a clock step in between; no connector named",
        START,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:01.000 > 1 RemoteStartTransaction {"idTag":"A"}
            12:00:01.073 < 1 {"status":"Accepted"}
            12:00:02.000 > 2 Reset {"type":"Soft"}
            12:00:02.050 < 2 {"status":"Rejected"}
            12:00:03.000 > 3 RemoteStartTransaction {"idTag":"A"}
            12:00:03.073 < 3 {"status":"Accepted"}
            12:00:04.000 [prompt] Please present the card.
            12:00:05.000 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:05Z"}
            12:00:06.000 > 4 RemoteStartTransaction {"idTag":"B"}
            12:00:06.073 < 4 {"status":"Accepted"}
            12:00:05.900 < u StartTransaction {"connectorId":1,"idTag":"B","meterStart":0,"timestamp":"2024-05-17T12:00:06Z"}
            12:00:07.000 > 5 RemoteStartTransaction {"idTag":"C"}
            12:00:07.073 < 5 {"status":"Accepted"}
            12:00:07.900 < v StartTransaction {"connectorId":1,"idTag":"X","meterStart":0,"timestamp":"2024-05-17T12:00:07Z"}
            12:00:08.000 > 6 RemoteStartTransaction {"idTag":"C"}
            12:00:08.073 < 6 {"status":"Accepted"}
            12:00:08.100 < f StatusNotification {"connectorId":1,"status":"Faulted"}
        """),
        (
            _none("REBOOT", 3, 5),
            _none("OPERATOR", 7, 9),
            _none("CLOCK_STEP", 11, 13),
            _none("NO_START", 14, None),
            _none("FAULTED", 17, 19),
        ),
    ),
    Vector(
        "a fault of another connector does not matter",
        START,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:01.000 > 1 RemoteStartTransaction {"idTag":"A"}
            12:00:01.073 < 1 {"status":"Accepted"}
            12:00:01.100 < f StatusNotification {"connectorId":2,"status":"Faulted"}
            12:00:01.400 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:01Z"}
        """),
        (_start(400, (3, 3, 6)),),
    ),
)

BEGUN = """
            12:00:00.000 < s StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:00Z"}
            12:00:00.020 > s {"transactionId":10,"idTagInfo":{"status":"Accepted"}}
            12:00:00.100 < c StatusNotification {"connectorId":1,"status":"Charging","timestamp":"2024-05-17T12:00:00Z"}
            12:00:05.000 > 1 RemoteStopTransaction {"transactionId":10}
            12:00:05.080 < 1 {"status":"Accepted"}
"""
STOP_OF_10 = 'StopTransaction {"transactionId":10,"meterStop":9,"timestamp":"2024-05-17T12:00:05Z"'

STOPS = (
    Vector(
        "reason Remote",
        STOP,
        octt(BEGUN + f'12:00:05.300 < x {STOP_OF_10},"reason":"Remote"}}'),
        (Expected("observation", STOPPED, 300, (5, 5, 7)),),
    ),
    Vector(
        "reason Local after an accepted RemoteStop",
        STOP,
        octt(BEGUN + f'12:00:05.300 < x {STOP_OF_10},"reason":"Local"}}'),
        (_none("OTHER_REASON", 5, 7, STOPPED),),
    ),
    Vector(
        "no reason is Local",
        STOP,
        octt(BEGUN + f"12:00:05.300 < x {STOP_OF_10}}}"),
        (_none("REASON_ABSENT", 5, 7, STOPPED),),
    ),
    Vector(
        "unplug prompt between; then a transaction nobody knows",
        STOP,
        octt(
            BEGUN
            + f"""
            12:00:06.000 [prompt] Please unplug your cable on EV side now.
            12:00:08.000 < x {STOP_OF_10},"reason":"Remote"}}
            12:00:09.000 > 2 RemoteStopTransaction {{"transactionId":11}}
            12:00:09.080 < 2 {{"status":"Accepted"}}
            """
        ),
        (_none("OPERATOR", 5, 7, STOPPED), _none("UNKNOWN_TX", 9, None, STOPPED)),
    ),
    Vector(
        "no stop at all; a retried stop does not answer a second RemoteStop",
        STOP,
        octt(
            BEGUN
            + f"""
            12:00:06.000 < x {STOP_OF_10},"reason":"Remote"}}
            12:00:07.000 > 2 RemoteStopTransaction {{"transactionId":10}}
            12:00:07.080 < 2 {{"status":"Accepted"}}
            12:00:07.200 < y {STOP_OF_10},"reason":"Remote"}}
            12:00:08.000 > 3 RemoteStopTransaction {{"transactionId":10}}
            12:00:08.080 < 3 {{"status":"Accepted"}}
            """
        ),
        (
            Expected("observation", STOPPED, 1000, (5, 5, 7)),
            _none("QUEUED", 8, 10, STOPPED),
            _none("NO_STOP", 11, None, STOPPED),
        ),
    ),
    Vector(
        "the stop of another transaction is another matter",
        STOP,
        octt(
            BEGUN
            + f"""
            12:00:05.100 > 2 RemoteStopTransaction {{"transactionId":12}}
            12:00:05.150 < 2 {{"status":"Accepted"}}
            12:00:05.200 < w StopTransaction {{"transactionId":12,"meterStop":9,"timestamp":"2024-05-17T12:00:05Z"}}
            12:00:05.300 < x {STOP_OF_10},"reason":"Remote"}}
            """
        ),
        (
            Expected("observation", STOPPED, 300, (5, 5, 10)),
            _none("UNKNOWN_TX", 7, 9, STOPPED),
        ),
    ),
)

VECTORS = (*READING, *PAIRING, *FUNCTIONS, *STARTS, *STOPS)
