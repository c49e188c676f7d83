from __future__ import annotations

from tests.conversation import told
from tests.vectors import AUTHORIZE, RESPONSE, Expected, bound, none, value


def test_by_status_by_error_and_unanswered() -> None:
    found = told(
        """
        12:00:00.000 > 1 Authorize {"idTag":"A"}
        12:00:00.140 < 1 {"idTagInfo":{"status":"Accepted"}}
        12:00:01.000 > 2 Authorize {"idTag":"B"}
        12:00:01.090 < 2 !InternalError
        12:00:02.000 > 3 Authorize {"idTag":"C"}
        12:00:05.000 [info] Waiting
        """,
        test_case="TC_003_CSMS",
    )

    rows = (
        value("Authorize/CALLERROR", 90, (4, 4, 5), "CALL_ERROR"),
        bound("Authorize", 3000, (6, 6, 9)),
    )
    assert found.rows(AUTHORIZE) == (value("Authorize/Accepted", 140, (2, 2, 3)), *rows)
    assert found.rows(RESPONSE) == (value("Authorize", 140, (2, 2, 3)), *rows)


def test_a_request_malformed_on_purpose_is_kept() -> None:
    found = told(
        """
        12:00:00.000 > 1 Authorize {}
        12:00:00.140 < 1 !FormationViolation
        12:00:01.000 > 2 Authorize {"idTag":"A"}
        12:00:01.060 < 2 {"something":"else"}
        """,
        test_case="TC_003_CSMS",
    )

    assert found.rows(AUTHORIZE) == (
        value("Authorize/CALLERROR", 140, (2, 2, 3), "CALL_ERROR"),
        value("Authorize", 60, (4, 4, 5)),
    )


def test_lost_connection_and_repetition() -> None:
    found = told(
        """
        12:00:00.000 > 1 Authorize {"idTag":"A"}
        12:00:01.000 > 1 Authorize {"idTag":"A"}
        12:00:01.140 < 1 {"idTagInfo":{"status":"Accepted"}}
        12:00:02.000 > 2 Authorize {"idTag":"A"}
        12:00:03.000 [info] Disconnected from System Under Test
        """,
        test_case="TC_003_CSMS",
    )

    assert found.rows(AUTHORIZE) == (
        Expected("exclusion", "Authorize", None, (2, 2, 3), "DUP_ID", frozenset({"DUP_ID"})),
        value("Authorize/Accepted", 140, (3, 3, 4), "DUP_ID", "PROTO_OVERLAP"),
        none("NO_RESP_DISCONNECT", "Authorize", 5, 6),
    )


def test_a_station_authorizes_nobody_for_the_tool() -> None:
    found = told("""
        12:00:00.000 < 1 Authorize {"idTag":"A"}
        12:00:00.140 > 1 {"idTagInfo":{"status":"Accepted"}}
    """)

    assert found.rows(AUTHORIZE) == ()
    result = found.result(AUTHORIZE)
    assert (result.outcome, result.reason) == ("not_applicable", "CSMS only (A.4)")


def test_the_station_parameters_are_not_computed_of_a_csms() -> None:
    found = told(
        """
        12:00:00.000 < 1 RemoteStartTransaction {"idTag":"A"}
        12:00:00.020 > 1 {"status":"Accepted"}
        12:00:00.100 > 2 StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:00Z"}
        12:00:00.150 < 2 {"transactionId":5,"idTagInfo":{"status":"Accepted"}}
        12:00:01.000 < 3 TriggerMessage {"requestedMessage":"Heartbeat"}
        12:00:01.020 > 3 {"status":"Accepted"}
        12:00:01.100 > 4 Heartbeat {}
        12:00:01.150 < 4 {"currentTime":"2024-05-17T12:00:01Z"}
        """,
        test_case="TC_010_CSMS",
    )

    assert {record.row.parameter for record in found.records} == {RESPONSE}
    assert [entry.outcome for entry in found.document.parameters] == [
        *("not_applicable", "measured", "not_measured", "not_applicable", "not_applicable")
    ]
    assert found.result("triggered_function_timeout").reason == "charging station only (A.4)"
