"""Where the role comes from, and what a document says of inputs, verdicts and switches."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit.core.pics.model import DutType
from perfkit.core.policy import (
    Aggregate,
    Inclusion,
    Multi,
    Policy,
    TriggeredStart,
    TriggerFwDiag,
    Verdicts,
)
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.message import Role
from tests.conversation import Measured, measured, pics_of, told
from tests.vectors import RESPONSE, START, STOP, TRIGGERED, octt

ANSWERED = "12:00:00.000 > 1 {action}\n12:00:00.050 < 1 {{}}\n"
STATION = octt(ANSWERED.format(action="ClearCache"), test_case="TC_001_CS")
CSMS = octt(ANSWERED.format(action="Heartbeat"), test_case="TC_001_CSMS")
NEUTRAL = octt(ANSWERED.format(action="DataTransfer"), test_case="something")


def roles(found: Measured) -> list[tuple[str | None, str | None, str | None]]:
    return [(run.role, run.role_source, run.left_out) for run in found.document.runs]


# --- role -----------------------------------------------------------------------------------------------------------


def test_header_before_test_case_before_actions() -> None:
    header = f"System Under Test (SUT) : CSMS\n{'-' * 60}\n"
    by_header = measured(header + octt(ANSWERED.format(action="Heartbeat"), test_case="some test"))
    by_id = measured(CSMS)
    by_action = measured(octt(ANSWERED.format(action="Heartbeat"), test_case="some test"))

    assert roles(by_header) == [("csms", "header", None)]
    assert roles(by_id) == [("csms", "test case id", None)]
    assert roles(by_action) == [("csms", "actions", None)]
    assert {found.document.dut.type_source for found in (by_header, by_id, by_action)} == {"logs"}


def test_an_option_wins_over_the_pics_and_the_pics_over_the_logs() -> None:
    pics = pics_of(dut_type=DutType.CSMS)
    both = STATION + CSMS

    assert measured(both).document.dut.type == "charging_station"  # as many runs of each: the station
    assert measured(both + CSMS).document.dut.type == "csms"
    stated = measured(both + STATION, pics=pics)
    assert (stated.document.dut.type, stated.document.dut.type_source) == ("csms", "pics")
    asked = measured(both + CSMS, pics=pics, role=Role.CHARGING_STATION)
    assert (asked.document.dut.type, asked.document.dut.type_source) == ("charging_station", "option")


@pytest.mark.parametrize("stated", [None, DutType.CHARGING_STATION])
def test_runs_of_the_other_role_are_left_out_as_a_whole(stated: DutType | None) -> None:
    found = measured(STATION + CSMS + STATION, pics=pics_of(dut_type=stated))

    assert roles(found) == [
        ("charging_station", "test case id", None),
        ("csms", "test case id", "role_mismatch"),
        ("charging_station", "test case id", None),
    ]
    assert (found.result(RESPONSE).count, len(found.records)) == (2, 2)
    assert found.document.warnings == [
        "1 run was left out: the DUT of these runs is not the charging station that is analysed (first: -)"
    ]


def test_a_run_whose_messages_contradict_its_name_is_left_out() -> None:
    found = measured(STATION + octt(ANSWERED.format(action="Heartbeat"), test_case="TC_002_CS"))

    assert [run.left_out for run in found.document.runs] == [None, "role_contradiction"]
    assert found.result(RESPONSE).count == 1
    assert any("Heartbeat shows that the DUT is a csms" in note for note in found.document.runs[1].notes)
    assert [(a.kind, a.lines) for a in found.document.runs[1].anomalies] == [("ROLE", [7])]
    assert found.document.warnings == [
        "1 run was left out: header and messages disagree on the role of the DUT (first: -)"
    ]


def test_a_run_that_tells_no_role_is_counted() -> None:
    found = measured(STATION + NEUTRAL)

    assert [run.left_out for run in found.document.runs] == [None, "role_unknown"]
    assert found.document.warnings == [
        "1 run was left out: nothing tells whether the DUT is a charging station or a CSMS (first: -)"
    ]


# --- inputs ---------------------------------------------------------------------------------------------------------


def test_a_folder_with_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(STATION)
    (tmp_path / "b.txt").write_text("nothing of the kind\n")
    document = analyze([str(tmp_path)]).document

    assert [Path(entry.path).name for entry in document.inputs] == ["a.log"]
    assert [(Path(entry.path).name, entry.reason) for entry in document.ignored_inputs] == [
        ("b.txt", "not a log of a known format")
    ]
    (entry,) = document.inputs
    assert (entry.lines, entry.messages, entry.narration, entry.skipped, entry.runs) == (5, 2, 3, 0, 1)


def test_no_log_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no files"):
        analyze([str(tmp_path)])
    (tmp_path / "b.txt").write_text("nothing of the kind\n")
    with pytest.raises(InputError, match="1 file was looked at"):
        analyze([str(tmp_path)])
    with pytest.raises(InputError, match="not a log of a known format"):
        analyze([str(tmp_path / "b.txt")])


def test_too_many_skipped_lines(tmp_path: Path) -> None:
    """Three messages and one broken line: a quarter."""
    path = tmp_path / "a.log"
    path.write_text(octt("12:00:00.000 < h Heartbeat\n%%% broken\n" + ANSWERED.format(action="ClearCache")))

    analysis = analyze([str(path)])
    assert analysis.too_many_skipped
    assert analysis.document.skipped.share == 0.25
    assert [(line.line, line.text) for line in analysis.document.skipped.lines] == [(3, "%%% broken")]
    assert not analyze([str(path)], max_skipped_share=0.25).too_many_skipped


def test_rows_are_the_same_whether_the_role_is_known_beforehand_or_not() -> None:
    known = measured(CSMS + STATION + CSMS, role=Role.CSMS)
    found = measured(CSMS + STATION + CSMS)

    assert [(r.row.request_line, r.row.parameter) for r in known.records] == [(2, RESPONSE), (12, RESPONSE)]
    assert [r.row for r in found.records] == [r.row for r in known.records]


# --- switches -------------------------------------------------------------------------------------------------------

RESERVED = """
    12:00:01.000 > 1 ReserveNow {"connectorId":1,"reservationId":5,"idTag":"A"}
    12:00:01.100 < 1 {"status":"Accepted"}
    12:00:01.250 < s StatusNotification {"connectorId":1,"status":"Reserved"}
"""
ALL_OFF = """
    12:00:00.000 < p StatusNotification {"connectorId":0,"status":"Available"}
    12:00:00.100 < q StatusNotification {"connectorId":1,"status":"Available"}
    12:00:01.000 > 1 ChangeAvailability {"connectorId":0,"type":"Inoperative"}
    12:00:01.050 < 1 {"status":"Accepted"}
    12:00:01.080 < t StatusNotification {"connectorId":1,"status":"Unavailable"}
    12:00:01.150 < u StatusNotification {"connectorId":0,"status":"Unavailable"}
"""
DIAGNOSTICS = """
    12:00:03.000 > 4 TriggerMessage {"requestedMessage":"DiagnosticsStatusNotification"}
    12:00:03.050 < 4 {"status":"Accepted"}
    12:00:03.140 < d DiagnosticsStatusNotification {"status":"Idle"}
"""
ERROR = "12:00:00.000 > 1 ClearCache\n12:00:00.120 < 1 !NotSupported"
NO_REASON = """
    12:00:00.000 < s StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:00Z"}
    12:00:00.020 > s {"transactionId":10,"idTagInfo":{"status":"Accepted"}}
    12:00:05.000 > 1 RemoteStopTransaction {"transactionId":10}
    12:00:05.050 < 1 {"status":"Accepted"}
    12:00:05.300 < x StopTransaction {"transactionId":10,"meterStop":9,"timestamp":"2024-05-17T12:00:05Z"}
"""
OLD = """
    12:00:01.000 < s StatusNotification {"connectorId":1,"status":"Preparing","timestamp":"2024-05-17T12:00:01Z"}
    12:00:13.000 > 1 RemoteStartTransaction {"idTag":"A","connectorId":1}
    12:00:13.073 < 1 {"status":"Accepted"}
    12:00:13.200 < t StartTransaction {"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2024-05-17T12:00:06Z"}
"""
MANY = "".join(f"12:00:{n:02}.000 > {n} ClearCache\n12:00:{n:02}.0{n:02} < {n} {{}}\n" for n in range(1, 22))


@pytest.mark.parametrize(
    ("policy", "difference", "body", "parameter", "by_default_s", "by_switch_s"),
    [
        (Policy(triggered_start=TriggeredStart.REQ), "triggered_start: req (default conf)", RESERVED, TRIGGERED, 0.15, 0.25),
        (Policy(multi=Multi.FIRST), "multi: first (default last)", ALL_OFF, TRIGGERED, 0.1, 0.03),
        (Policy(trigger_fw_diag=TriggerFwDiag.INCLUDE), "trigger_fw_diag: include (default separate)", DIAGNOSTICS, TRIGGERED, None, 0.09),
        (Policy(call_errors=Inclusion.EXCLUDE), "call_errors: exclude (default include)", ERROR, RESPONSE, 0.12, None),
        (Policy(reason_absent=Inclusion.INCLUDE), "reason_absent: include (default exclude)", NO_REASON, STOP, None, 0.3),
        (Policy(queue_tolerance_s=7), "queue_tolerance_s: 7 (default 4)", OLD, START, None, 0.2),
        (Policy(aggregate=Aggregate.P95), "aggregate: p95 (default max)", MANY, RESPONSE, 0.021, 0.020),
        (Policy(aggregate=Aggregate.MEDIAN), "aggregate: median (default max)", MANY, RESPONSE, 0.021, 0.011),
    ],
)  # fmt: skip
def test_a_switch_changes_the_headline_and_is_named(
    policy: Policy, difference: str, body: str, parameter: str, by_default_s: float | None, by_switch_s: float | None
) -> None:
    default, switched = told(body), told(body, pics=pics_of(policy))

    assert default.result(parameter).measured_s == by_default_s
    assert switched.result(parameter).measured_s == by_switch_s
    assert default.document.policy.differences == []
    assert [f"{d.switch}: {d.value} (default {d.default})" for d in switched.document.policy.differences] == [
        difference
    ]


def test_verdicts() -> None:
    log = octt(MANY, verdict="FAIL") + octt(ERROR, verdict="INCONC") + octt(RESERVED, verdict=None)
    default, switched = measured(log), measured(log, pics=pics_of(Policy(verdicts=Verdicts.ALL)))

    assert (default.result(RESPONSE).count, default.result(RESPONSE).set_aside) == (1, 22)
    assert (switched.result(RESPONSE).count, switched.result(RESPONSE).set_aside) == (23, 0)
    flagged = [r for r in default.records if "VERDICT" in r.flags]
    assert len(flagged) == 22
    assert not any(r.in_headline for r in flagged)
    assert not any("VERDICT" in r.flags for r in switched.records)
    assert [d.switch for d in switched.document.policy.differences] == ["verdicts"]


@pytest.mark.parametrize(
    ("policy", "expanded_s"),
    # 2·√(0.408² + 10.206² + 30²) ms and 2·√(0.408²) ms
    [(Policy(network_jitter_s=0.03), 0.063383), (Policy(tool_delay_s=0), 0.00081650)],
)
def test_switches_of_the_uncertainty(policy: Policy, expanded_s: float) -> None:
    switched = told(RESERVED, pics=pics_of(policy))

    assert switched.result(RESPONSE).uncertainty_s == pytest.approx(expanded_s, rel=1e-4)
    assert len(switched.document.policy.differences) == 1


def test_an_error_that_does_not_count_is_shown_apart() -> None:
    result = told(ERROR, pics=pics_of(Policy(call_errors=Inclusion.EXCLUDE))).result(RESPONSE)

    assert [(c.name, c.in_headline, c.count, c.max_s) for c in result.combinations] == [
        ("ClearCache/CALLERROR", False, 1, 0.12)
    ]


def test_request_based_figures_stand_beside() -> None:
    beside = told(RESERVED).result(TRIGGERED).from_request

    assert beside is not None
    assert (beside.median_s, beside.max_s) == (0.25, 0.25)
    assert (
        told(RESERVED, pics=pics_of(Policy(triggered_start=TriggeredStart.REQ))).result(TRIGGERED).from_request is None
    )


def test_the_order_of_the_runs_does_not_order_the_flags() -> None:
    error = octt("12:00:00.000 > 1 ClearCache\n12:00:00.050 < 1 !NotSupported", test_case="TC_001_CS")
    overlap = octt(
        "12:00:00.000 > 1 ClearCache\n12:00:00.010 > 2 ClearCache\n12:00:00.050 < 1 {}\n12:00:00.060 < 2 {}",
        test_case="TC_002_CS",
    )

    one, other = (measured(log).result(RESPONSE).flags for log in (error + overlap, overlap + error))
    assert one == other
    assert [flag.flag for flag in one] == ["CALL_ERROR", "PROTO_OVERLAP"]
