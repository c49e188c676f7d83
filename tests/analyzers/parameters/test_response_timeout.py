from __future__ import annotations

from tests.conversation import measured, told
from tests.vectors import RESPONSE, bound, none, octt, value


def test_every_call_of_the_tool_and_none_of_the_dut() -> None:
    found = told("""
        12:00:00.000 > 1 Reset {"type":"Soft"}
        12:00:00.100 < 1 {"status":"Accepted"}
        12:00:01.000 > 2 UpdateFirmware {"location":"ftp://lab.example/"}
        12:00:01.200 < 2 {}
        12:00:02.000 > 3 GetDiagnostics {"location":"ftp://lab.example/"}
        12:00:02.300 < 3 {"fileName":"d.zip"}
        12:00:03.000 < a Heartbeat {}
        12:00:03.040 > a {"currentTime":"2024-05-17T12:00:03Z"}
    """)

    assert found.rows(RESPONSE) == (
        value("Reset", 100, (2, 2, 3)),
        value("UpdateFirmware", 200, (4, 4, 5)),
        value("GetDiagnostics", 300, (6, 6, 7)),
    )
    # The tool's own answers are tool time: one of 40 ms.
    tool = found.document.tool_time
    assert (tool.count, tool.median_s, tool.p95_s, tool.max_s) == (1, 0.04, 0.04, 0.04)


def test_an_unknown_action_and_a_malformed_payload_count() -> None:
    found = told("""
        12:00:00.000 > 1 Frobnicate {"x":1}
        12:00:00.100 < 1 !NotImplemented
        12:00:01.000 > 2 ReserveNow {"connectorId":"many"}
        12:00:01.070 < 2 !TypeConstraintViolation
    """)

    assert found.rows(RESPONSE) == (
        value("Frobnicate/CALLERROR", 100, (2, 2, 3), "CALL_ERROR"),
        value("ReserveNow/CALLERROR", 70, (4, 4, 5), "CALL_ERROR"),
    )
    (run,) = found.document.runs
    assert [(anomaly.kind, anomaly.count, anomaly.lines) for anomaly in run.anomalies] == [("PAYLOAD", 1, [4])]


def test_a_prompt_does_not_matter_to_a_response() -> None:
    found = told("""
        12:00:00.000 > 1 UnlockConnector {"connectorId":1}
        12:00:00.100 [prompt] Please unplug your cable on EV side now.
        12:00:02.100 < 1 {"status":"Unlocked"}
    """)

    assert found.rows(RESPONSE) == (value("UnlockConnector", 2100, (2, 2, 4)),)


def test_no_connection_until_the_run_ends() -> None:
    found = told("""
        12:00:00.000 [info] Disconnected from System Under Test
        12:00:01.000 > 1 ClearCache
        12:00:09.000 [info] Waiting
    """)

    assert found.rows(RESPONSE) == (none("NO_RESP_DISCONNECT", "ClearCache", 3, 6),)


def test_a_footer_is_not_where_a_wait_ends() -> None:
    log = octt("12:00:00.000 > 1 ClearCache\n12:00:03.000 [info] Waiting") + "\n\nTest case result : PASS\n"
    found = measured(log + log)

    assert found.rows(RESPONSE) == (bound("ClearCache", 3000, (2, 2, 5)), bound("ClearCache", 3000, (10, 10, 13)))
    assert [(run.first_line, run.last_line) for run in found.document.runs] == [(1, 8), (9, 16)]


def test_a_clock_step_spoils_the_tool_time_too() -> None:
    found = told("""
        12:00:10.000 < a Heartbeat {}
        12:00:07.000 > a {"currentTime":"2024-05-17T12:00:03Z"}
        12:00:08.000 < b Heartbeat {}
        12:00:08.030 > b {"currentTime":"2024-05-17T12:00:03Z"}
    """)

    assert (found.document.tool_time.count, found.document.tool_time.max_s) == (1, 0.03)


def test_a_step_forward_by_an_hour_excludes_too() -> None:
    found = told("""
        12:00:10.000 > 1 ClearCache
        13:00:10.080 < 1 {"status":"Accepted"}
    """)

    assert found.rows(RESPONSE) == (none("CLOCK_STEP", "ClearCache", 2, 3),)
