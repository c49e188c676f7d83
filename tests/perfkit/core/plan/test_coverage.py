"""A generated campaign with known gaps, repeats and a change of firmware gives exactly those findings."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.coverage_record import CaseState, CoverageDocument
from perfkit.core.pics.load import load_pics
from perfkit.core.plan.coverage import coverage
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.sample_sources import sample_sources
from tests.campaign_logs import PICS, CampaignLogs, Exchanged, boot, status


def covered(logs: CampaignLogs, pics_text: str = PICS) -> CoverageDocument:
    pics = load_pics(pics_text, "pics.yaml")
    return coverage(pics, analyze([str(logs.folder)], pics=pics).document, sample_sources())


def states(document: CoverageDocument, state: CaseState) -> set[str]:
    return {case.planned.test_case for case in document.cases if case.state is state}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> tuple[CampaignLogs, CoverageDocument]:
    logs = CampaignLogs(tmp_path_factory.mktemp("campaign") / "logs")
    logs.run("000_RESET_CS")
    logs.run("TC_001_CS", exchanges=[boot("1.0"), status()])
    logs.run("TC_000_RESET_CS")
    logs.run("TC_002_CS", exchanges=[boot("1.0")])
    logs.run("TC_010_CS", "FAIL", [status()])  # no reset before
    logs.run("000_RESET_CS", "FAIL")
    logs.run("TC_010_CS", exchanges=[status()])  # only a failed reset before
    logs.run("000_RESET_CS")
    logs.run("TC_044_1_CS", exchanges=[boot("9.9")])  # the profile is not supported; a firmware test
    logs.run("000_RESET_CS")
    logs.run("TC_012_CS", exchanges=[boot("1.1")])  # the change
    logs.run("000_RESET_CS")
    logs.run("TC_001_CS", exchanges=[boot("1.1")], build="Release_2026-02_v1")
    logs.run("000_RESET_CS")
    logs.run("TC_013_CS", "INCONC", [status()], configuration="nl11_b")
    logs.run("000_RESET_CS")
    logs.run("TC_014_CS", None, [status()])
    logs.run("000_RESET_CS")
    logs.run("TC_021_CS", exchanges=[status()])
    logs.run("000_RESET_CS")
    logs.run("TC_021_CS", "FAIL", [status()])
    logs.run("000_RESET_CS")
    logs.run("TC_0010_CS", exchanges=[status()])
    logs.run("000_RESET_CS")
    logs.run("TC_E_44_CS", exchanges=[status()])
    logs.run("000_RESET_CS")
    logs.run("TC_046_CS", exchanges=[status()])
    return logs, covered(logs)


def test_states_of_the_test_cases(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    document = campaign[1]

    assert states(document, CaseState.PASSED) == {"TC_001", "TC_012"}
    assert states(document, CaseState.TO_REPEAT) == {"TC_002", "TC_010"}
    assert states(document, CaseState.FAILED) == {"TC_021"}
    assert states(document, CaseState.INCONCLUSIVE) == {"TC_013"}
    assert states(document, CaseState.NO_VERDICT) == {"TC_014"}
    assert states(document, CaseState.NOT_APPLICABLE_RUN) == {"TC_044_1"}
    assert states(document, CaseState.UNDECIDED) == set()
    # Core without what is named above, without fixed cable, cache, offline authorization (none of the three), 032_1.
    assert states(document, CaseState.MISSING) == {
        *("TC_003", "TC_004_1", "TC_004_2", "TC_068", "TC_069", "TC_005_1", "TC_005_2", "TC_005_3", "TC_011_1"),
        *("TC_011_2", "TC_015", "TC_016", "TC_017_1", "TC_018_1", "TC_019", "TC_070", "TC_071", "TC_023", "TC_043_1"),
        *("TC_042_1", "TC_026", "TC_028", "TC_031", "TC_032_2", "TC_034", "TC_036", "TC_038", "TC_040_1", "TC_040_2"),
        *("TC_062", "TC_054", "TC_055"),
    }
    assert states(document, CaseState.OPTIONAL_NOT_RUN) == {"TC_024", "TC_030"}


def test_runs_stand_in_the_order_of_time_and_count_from_the_change_on(
    campaign: tuple[CampaignLogs, CoverageDocument],
) -> None:
    document = campaign[1]
    runs = {case.planned.test_case: case.runs for case in document.cases}

    assert document.in_time_order
    assert [(run.verdict, run.counts, run.firmware) for run in runs["TC_010"]] == [
        ("FAIL", False, "1.0"),
        ("PASS", False, "1.0"),
    ]
    assert [(run.counts, run.firmware, run.build) for run in runs["TC_001"]] == [
        (False, "1.0", "Release_2025-10_v1"),
        (True, "1.1", "Release_2026-02_v1"),
    ]
    assert [run.verdict for run in runs["TC_021"]] == ["PASS", "FAIL"]
    notes = {case.planned.test_case: case.note for case in document.cases if case.note}
    assert notes == {"TC_021": "It passed before and does no longer."}


def test_changes(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    logs, document = campaign
    found = [(c.kind.value, c.before, c.after, c.full_retest, c.place.test_case, c.clause) for c in document.changes]

    assert found == [
        ("firmware", "1.0", "9.9", False, "TC_044_1_CS", "5.5"),
        ("firmware", "1.0", "1.1", True, "TC_012_CS", "5.5"),
        ("build of the tool", "Release_2025-10_v1", "Release_2026-02_v1", False, "TC_001_CS", "7.3"),
        ("configuration of the tool", "nl11", "nl11_b", False, "TC_013_CS", "5.6"),
    ]
    place = document.changes[1].place
    assert Path(place.file).name == logs.files[10].name
    assert "BootNotification" in logs.files[10].read_text().splitlines()[place.line - 1]


def test_resets_between_the_test_cases(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    logs, document = campaign

    assert (document.resets.logged, document.resets.runs, document.resets.passed) == (True, 13, 12)
    assert [Path(place.file).name for place in document.resets.without] == [logs.files[4].name, logs.files[6].name]


def test_runs_that_are_no_test_case_of_the_plan(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    found = [(run.test_case, run.nearest, run.reason) for run in campaign[1].unknown_runs]

    assert found == [
        ("TC_0010_CS", "TC_010", "not in Appendix C"),
        ("TC_E_44_CS", None, "a test case of OCPP 2.x, and Appendix C is that of OCPP 1.6"),
        ("TC_046_CS", None, "Appendix C has no such test case for a charging station"),
    ]


def test_exit_criteria_say_what_remains(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    conformance, performance = campaign[1].criteria
    reasons = {remaining.item: remaining.reason for remaining in conformance.remaining}

    assert (conformance.clause, conformance.met, conformance.done) == ("7.2.2 (7.1.3)", False, 2)
    assert conformance.needed == 2 + len(reasons)
    assert reasons["TC_002"] == "passed before the DUT was changed (5.5)"
    assert reasons["TC_021"] == "failed"
    assert reasons["TC_013"] == "ended without PASS or FAIL"
    assert reasons["TC_014"] == "without a verdict in the logs"
    assert reasons["TC_019"] == "not run"
    assert "TC_030" not in reasons  # optional
    assert (performance.clause, performance.met, performance.needed) == ("8.2.4 (8.1.3)", False, 4)
    assert {one.item for one in performance.remaining} == {
        "OCPP triggered function timeout",
        "OCPP response timeout",
        "Transaction authorization time by RemoteStartTransaction",
        "Transaction authorization end time by RemoteStopTransaction",
    }
    assert "run TC_012 or TC_005_3" in performance.remaining[3].reason


def test_findings_are_those_and_no_others(campaign: tuple[CampaignLogs, CoverageDocument]) -> None:
    found = [(finding.severity.value, finding.clause, finding.message) for finding in campaign[1].findings]

    assert found == [
        ("fault", "A, General information about DUT", "the PICS states firmware 1.0, and the DUT says 1.0, 1.1"),
        ("fault", "4.2; 7.3, Preparation 7", "all configuration keys were never read at once, which TC_019 does"),
    ]


# --- single rules -----------------------------------------------------------------------------------------------------


def test_a_pass_after_a_failure_is_remarked(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", "FAIL", [status()])
    logs.run("TC_001_CS", "PASS", [status()])
    case = covered(logs).cases[0]

    assert case.state is CaseState.PASSED
    assert case.note is not None
    assert "5.6" in case.note


@pytest.mark.parametrize(("verdict", "state"), [("FAIL", CaseState.FAILED), ("PASS", CaseState.PASSED)])
def test_a_station_with_the_security_certificate_should_fail_the_plain_firmware_update(
    tmp_path: Path, verdict: str, state: CaseState
) -> None:
    """Appendix C, remark of TC_044_1: a failure leaves nothing to do; what a pass means, the note says."""
    logs = CampaignLogs(tmp_path)
    logs.run("TC_044_1_CS", verdict, [status()])
    pics = PICS.replace("firmware_management: no", "firmware_management: yes")
    (plain,) = (c for c in covered(logs, pics).cases if c.planned.test_case == "TC_044_1")
    document = covered(logs, f"{pics}security: {{profile_2: yes}}\n")
    (case,) = (c for c in document.cases if c.planned.test_case == "TC_044_1")

    assert (case.planned.should_fail, case.state) == (True, state)
    assert case.note == "Appendix C: with the security certificate it should fail."
    assert "TC_044_1" not in {remaining.item for remaining in document.criteria[0].remaining}
    assert (plain.planned.should_fail, plain.note) == (False, None)


def test_logs_of_the_other_role_are_named(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[boot("1.0")])
    document = covered(logs, "dut: {type: csms}\n")

    assert (document.runs, document.other_runs) == (0, 1)
    assert document.findings[0].message == "no run in the logs is of a CSMS, which the PICS says that the DUT is"


def test_ids_are_known_in_lower_case_too(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("tc_001_cs", exchanges=[boot("1.0")])
    document = covered(logs)

    assert states(document, CaseState.PASSED) == {"TC_001"}
    assert document.unknown_runs == []


def test_another_serial_number_is_a_change_that_the_laboratory_judges(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[boot("1.0")])
    logs.run("TC_002_CS", exchanges=[boot("1.0", serial="NL11-0043")])
    document = covered(logs)

    assert [(c.kind.value, c.full_retest) for c in document.changes] == [("serial number", False)]
    assert states(document, CaseState.PASSED) == {"TC_001", "TC_002"}


def test_another_model_is_a_change_of_the_hardware(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[boot("1.0")])
    logs.run("TC_002_CS", exchanges=[boot("1.0", model="NL-12")])
    document = covered(logs)

    assert [(c.kind.value, c.full_retest) for c in document.changes] == [("hardware", True)]
    assert states(document, CaseState.TO_REPEAT) == {"TC_001"}


def test_milliseconds_that_are_claimed_and_absent(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[status("2026-05-04T08:00:00Z"), status("2026-05-04T08:01:00Z")])
    found = [finding for finding in covered(logs).findings if "milliseconds" in finding.clause]

    assert [finding.message for finding in found] == [
        "the PICS claims milliseconds, and none of 2 time stamps of the DUT has them"
    ]
    assert found[0].place is not None
    assert found[0].place.line == 11


def test_one_fraction_is_enough_for_milliseconds(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[status("2026-05-04T08:00:00Z"), status()])

    assert [finding for finding in covered(logs).findings if "milliseconds" in finding.clause] == []


def test_milliseconds_that_are_denied_and_there(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[status()])
    found = covered(logs, PICS.replace("milliseconds: yes", "milliseconds: no")).findings

    assert any("1 of 1 time stamps have them" in finding.message for finding in found)


def test_an_open_condition_is_named(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[status()])
    document = covered(logs, PICS.replace("C-07: yes, ", ""))
    remaining = {one.item: one.reason for one in document.criteria[0].remaining}

    assert "TC_003" in states(document, CaseState.UNDECIDED)
    assert remaining["TC_003"] == "not run and not decided: features.C-07 not stated"
    assert any(f.message.startswith("state features.C-07 in the PICS") for f in document.findings)


def test_the_configuration_suggests_what_the_pics_leaves_open(tmp_path: Path) -> None:
    keys = [
        {"key": "AuthorizationCacheEnabled", "readonly": False, "value": "true"},
        {"key": "StopTransactionOnEVSideDisconnect", "readonly": True, "value": "false"},
        {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core,Reservation"},
    ]
    read: Exchanged = ("out", "GetConfiguration", {}, {"configurationKey": keys, "unknownKey": []})
    logs = CampaignLogs(tmp_path)
    logs.run("TC_019_CS", exchanges=[status(), read])
    pics = "dut: {type: charging_station, fixed_cable: no}\nfeatures: {C-07: yes, C-08: yes}\n"
    message = next(f.message for f in covered(logs, pics).findings if f.message.startswith("state "))

    assert message.partition("the logs suggest ")[2].split("; ") == [
        "features.C-06: no, StopTransactionOnEVSideDisconnect is fixed to false",
        "features.C-04: yes, AuthorizationCacheEnabled is there",
        "profiles.local_auth_list_management: no, SupportedFeatureProfiles does not list LocalAuthListManagement",
        "features.C-02: no, AllowOfflineTxForUnknownId is not there",
        "profiles.firmware_management: no, SupportedFeatureProfiles does not list FirmwareManagement",
        "profiles.reservation: yes, SupportedFeatureProfiles lists Reservation",
        "profiles.remote_trigger: no, SupportedFeatureProfiles does not list RemoteTrigger",
        "profiles.smart_charging: no, SupportedFeatureProfiles does not list SmartCharging",
    ]


def test_logs_without_resets_say_so(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[status()])
    logs.run("TC_002_CS", exchanges=[status()])
    document = covered(logs)

    assert (document.resets.logged, document.resets.without) == (False, [])
    assert any(finding.clause == "7.2.2" for finding in document.findings)


def test_a_complete_campaign_meets_both_criteria(tmp_path: Path) -> None:
    """Every planned test case passed; the parameters are measured in the logs of the sample campaign."""
    logs = CampaignLogs(tmp_path)
    for case in covered(logs_with_one_run(tmp_path / "first")).cases:
        logs.run(f"{case.planned.test_case}_CS", exchanges=[status()])
    document = covered(logs)

    assert document.criteria[0].met
    assert document.criteria[0].remaining == []
    assert not document.complete  # nothing was measured


def logs_with_one_run(folder: Path) -> CampaignLogs:
    logs = CampaignLogs(folder)
    logs.run("TC_001_CS", exchanges=[status()])
    return logs
