"""Vectors of the triggered functions (measurement rules, section 4.3); notation as in ``tests.vectors``."""

from tests.vectors import TRIGGERED, Vector, bound, none, octt, value

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
        (value(RESERVE, 123, (2, 4, 5)), value(CANCEL, 80, (6, 7, 8))),
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
        (value(RESERVE, 150, (2, 3, 4)), value(CANCEL, 80, (5, 6, 8))),
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
            none("OCCUPIED", RESERVE, 2, 3),
            none("CALL_ERROR", RESERVE, 4, 5),
            none("NO_STATUS", RESERVE, 6, None),
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
        (bound(RESERVE, 9000, (2, 5, 8)),),
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
            value(AVAILABILITY, 60, (3, 4, 6)),
            none("NOOP", AVAILABILITY, 7, None),
            none("SCHEDULED", AVAILABILITY, 9, 10),
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
        (value(AVAILABILITY, 100, (5, 6, 8)),),
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
            none("SET_INCOMPLETE", AVAILABILITY, 4, None),
            value(AVAILABILITY, 100, (7, 8, 9), "SET_PARTIAL"),
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
            none("STATE_UNKNOWN", AVAILABILITY, 2, None),
            none("REJECTED", AVAILABILITY, 4, 5),
            value(AVAILABILITY, 40, (8, 9, 10), "TARGET_ALT"),
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
            value(AVAILABILITY, 359, (2, 2, 3), "ORDER_ANOMALY"),
            none("OPERATOR", AVAILABILITY, 5, 7),
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
            value("TriggerMessage/MeterValues", 60, (2, 3, 5)),
            value("TriggerMessage/Heartbeat", 70, (6, 7, 8)),
            value("TriggerMessage/StatusNotification", 80, (9, 10, 11)),
            value("TriggerMessage/DiagnosticsStatusNotification", 90, (12, 13, 14)),
            none("NOT_IMPLEMENTED", "TriggerMessage/FirmwareStatusNotification", 15, 16),
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
            none("NOT_IN_A4", "ExtendedTriggerMessage/SignChargePointCertificate", 2, 3),
            none("REJECTED", "TriggerMessage/BootNotification", 4, 5),
            none("FW_DIAG", "TriggerMessage/Heartbeat", 8, 10),
            none("REBOOT", "TriggerMessage/StatusNotification", 16, 18),
            value("TriggerMessage/Heartbeat", 30, (19, 20, 21)),
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
            value("TriggerMessage/Heartbeat", 80, (7, 8, 9), "PERIODIC_POSSIBLE"),
            value(AVAILABILITY, 3030, (10, 11, 12), "MIN_STATUS_DURATION"),
        ),
    ),
    Vector(
        "windows that end: lost connection, next request of the kind, Reset, power cycle, run",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:00.050 < 1 {"status":"Accepted"}
            12:00:01.000 > 2 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:01.050 < 2 {"status":"Accepted"}
            12:00:02.000 [info] Disconnected from System Under Test
            12:00:03.000 [info] Successfully connected to System Under Test
            12:00:04.000 > 3 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:04.050 < 3 {"status":"Accepted"}
            12:00:05.000 > 4 Reset {"type":"Soft"}
            12:00:05.050 < 4 {"status":"Rejected"}
            12:00:06.000 > 5 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:06.050 < 5 {"status":"Accepted"}
            12:00:07.000 [prompt] Please power cycle the station.
        """),
        (
            bound("TriggerMessage/Heartbeat", 950, (2, 3, 4)),
            none("DISCONNECT", "TriggerMessage/Heartbeat", 4, 6),
            bound("TriggerMessage/Heartbeat", 950, (8, 9, 10)),
            bound("TriggerMessage/Heartbeat", 950, (12, 13, 14)),
        ),
    ),
    Vector(
        "one message serves one request, the oldest that fits",
        TRIGGERED,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.100 > 2 TriggerMessage {"requestedMessage":"StatusNotification","connectorId":1}
            12:00:01.150 < 2 {"status":"Accepted"}
            12:00:01.200 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:01.450 < u StatusNotification {"connectorId":1,"status":"Unavailable"}
        """),
        (
            value(AVAILABILITY, 150, (3, 4, 7)),
            value("TriggerMessage/StatusNotification", 300, (5, 6, 8)),
        ),
    ),
    Vector(
        "StatusNotification of all connectors: the last; connector 0 was never seen",
        TRIGGERED,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:00.100 < t StatusNotification {"connectorId":2,"status":"Available"}
            12:00:01.000 > 1 TriggerMessage {"requestedMessage":"StatusNotification"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.200 < u StatusNotification {"connectorId":2,"status":"Available"}
            12:00:01.300 < v StatusNotification {"connectorId":1,"status":"Available"}
            12:00:02.000 > 2 TriggerMessage {"requestedMessage":"StatusNotification"}
            12:00:02.050 < 2 {"status":"Accepted"}
            12:00:02.200 < w StatusNotification {"connectorId":2,"status":"Available"}
        """),
        (
            value("TriggerMessage/StatusNotification", 250, (4, 5, 7), "SET_PARTIAL"),
            none("SET_INCOMPLETE", "TriggerMessage/StatusNotification", 8, None),
        ),
    ),
    Vector(
        "MeterValues without a context count, of another connector do not; CancelReservation with the cable in",
        TRIGGERED,
        octt("""
            12:00:00.000 > 1 TriggerMessage {"requestedMessage":"MeterValues","connectorId":1}
            12:00:00.050 < 1 {"status":"Accepted"}
            12:00:00.100 < m MeterValues {"connectorId":2,"meterValue":[{"timestamp":"2024-05-17T12:00:00Z","sampledValue":[{"value":"1"}]}]}
            12:00:00.150 < n MeterValues {"connectorId":1,"meterValue":[{"timestamp":"2024-05-17T12:00:00Z","sampledValue":[{"value":"1"}]}]}
            12:00:01.000 > 2 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
            12:00:01.050 < 2 {"status":"Accepted"}
            12:00:01.080 < s StatusNotification {"connectorId":1,"status":"Reserved"}
            12:00:02.000 [prompt] Please plug in your cable on EV side now.
            12:00:03.000 [api_dismissed] 00000000-0000-0000-0000-000000000001
            12:00:04.000 > 3 CancelReservation {"reservationId":5}
            12:00:04.050 < 3 {"status":"Accepted"}
            12:00:04.120 < t StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:05.000 > 4 CancelReservation {"reservationId":5}
        """),
        (
            value("TriggerMessage/MeterValues", 100, (2, 3, 5), "CONTEXT_ABSENT"),
            value(RESERVE, 30, (6, 7, 8)),
            value(CANCEL, 70, (11, 12, 13), "TARGET_ALT"),
            none("NO_CONF", CANCEL, 14, None),
        ),
    ),
    Vector(
        "the number of connectors is configured; all have the target already",
        TRIGGERED,
        octt("""
            12:00:00.000 > 0 GetConfiguration {"key":["NumberOfConnectors"]}
            12:00:00.050 < 0 {"configurationKey":[{"key":"NumberOfConnectors","readonly":true,"value":"1"}]}
            12:00:00.100 < s StatusNotification {"connectorId":0,"status":"Available"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.100 < t StatusNotification {"connectorId":0,"status":"Unavailable"}
            12:00:01.350 < u StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:02.000 > 2 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
            12:00:02.050 < 2 {"status":"Accepted"}
        """),
        (value(AVAILABILITY, 300, (5, 6, 8)), none("NOOP", AVAILABILITY, 9, None)),
    ),
    Vector(
        "a request for another connector ends no window; refused diagnostics are no sequence",
        TRIGGERED,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Available"}
            12:00:00.100 < t StatusNotification {"connectorId":2,"status":"Available"}
            12:00:01.000 > 1 ChangeAvailability {"connectorId":1,"type":"Inoperative"}
            12:00:01.050 < 1 {"status":"Accepted"}
            12:00:01.100 > 2 ChangeAvailability {"connectorId":2,"type":"Inoperative"}
            12:00:01.150 < 2 {"status":"Accepted"}
            12:00:01.250 < u StatusNotification {"connectorId":2,"status":"Unavailable"}
            12:00:01.350 < v StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:02.000 > 3 GetDiagnostics {"location":"ftp://lab.example/"}
            12:00:02.050 < 3 !NotSupported
            12:00:03.000 > 4 TriggerMessage {"requestedMessage":"Heartbeat"}
            12:00:03.050 < 4 {"status":"Accepted"}
            12:00:03.090 < h Heartbeat
        """),
        (
            value(AVAILABILITY, 300, (4, 5, 9)),
            value(AVAILABILITY, 100, (6, 7, 8)),
            value("TriggerMessage/Heartbeat", 40, (12, 13, 14)),
        ),
    ),
    Vector(
        "unplugged again: only Available is operative",
        TRIGGERED,
        octt("""
            12:00:00.000 < s StatusNotification {"connectorId":1,"status":"Preparing"}
            12:00:01.000 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
            12:00:02.000 [prompt] Please unplug your cable on EV side now.
            12:00:03.000 [api_dismissed] 00000000-0000-0000-0000-000000000001
            12:00:04.000 > 1 ChangeAvailability {"connectorId":1,"type":"Operative"}
            12:00:04.050 < 1 {"status":"Accepted"}
            12:00:04.100 < u StatusNotification {"connectorId":1,"status":"Faulted"}
            12:00:04.150 < v StatusNotification {"connectorId":1,"status":"Available"}
        """),
        (value(AVAILABILITY, 100, (6, 7, 9)),),
    ),
)
