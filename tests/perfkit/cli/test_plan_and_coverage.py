"""`perfkit plan` and `perfkit coverage`: exit codes, what is printed and what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from perfkit.cli.main import main
from tests.campaign_logs import PICS, CampaignLogs, boot, status
from tests.test_sample_logs import SAMPLES

STATION_PICS = str(SAMPLES / "perf.yaml")
ESCAPE = "\x1b["


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    main(list(words))
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    folder = tmp_path / "campaign"
    logs = CampaignLogs(folder / "logs")
    logs.run("000_RESET_CS")
    logs.run("TC_001_CS", exchanges=[boot("1.0"), status()])
    logs.run("TC_002_CS", "FAIL", [status()])
    logs.run("TC_0010_CS", exchanges=[boot("1.1")])
    (folder / "pics.yaml").write_text(PICS, encoding="utf-8")
    return folder


# --- plan -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pics", ["perf.yaml", "perf-csms.yaml"])
def test_the_plan_follows_its_schema(pics: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "plan", "--pics", str(SAMPLES / pics), "--json")

    jsonschema.validate(document, printed(capsys, "schema", "plan"))
    assert document["schema"] == "perfkit.plan/1"


def test_the_plan_names_every_row_of_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    """Each of the 106 rows of Appendix C is in the plan, or counted as one of the other type."""
    station = printed(capsys, "plan", "--pics", STATION_PICS, "--json")
    csms = printed(capsys, "plan", "--pics", str(SAMPLES / "perf-csms.yaml"), "--json")

    for document in (station, csms):
        cases = document["cases"]
        assert isinstance(cases, list)
        assert isinstance(document["left_out"], int)
        assert len(cases) + document["left_out"] == 106


def test_the_table_says_what_applies_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--pics", STATION_PICS]) == 0
    out = capsys.readouterr().out

    assert "Plan for Heliodyn HD-22 Duo, charging station: OCPP 1.6 (subset)" in out
    assert re.search(r"TC_003 +C +yes +Regular Charging Session - Plugin First", out)
    assert "if local start is supported (C-07) and local stop is supported (C-08)" in out
    assert re.search(r"TC_017_2 +C +no ", out)
    assert re.search(r"TC_032_1 +C +open ", out)
    assert "cannot be decided: features.power_failure_stop is not stated" in out
    assert ESCAPE not in out


def test_further_runs_for_a_wanted_n(capsys: pytest.CaptureFixture[str]) -> None:
    """TC_051 is the only one that yields CancelReservation: once by the plan, so 9 more for 10 values."""
    document = printed(capsys, "plan", "--pics", STATION_PICS, "--wanted-n", "10", "--json")
    samples, extra = document["samples"], document["extra_runs"]
    assert isinstance(samples, list)
    assert isinstance(extra, list)
    cancel = next(row for row in samples if row["combination"].startswith("Cancel"))
    runs = {row["test_case"]: row["runs"] for row in extra}

    assert (cancel["have"], cancel["from_plan"], cancel["short"], cancel["test_cases"]) == (0, 1, 9, ["TC_051"])
    # ReserveNow: seven test cases, and TC_051 reserves again with each run. ChangeAvailability: nine, so one run is
    # missing. RemoteStop: two (TC_005_3, TC_012).
    assert runs == {"TC_051": 9, "TC_054": 9, "TC_047": 1, "TC_012": 8}


def test_a_parameter_without_a_test_case_that_applies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pics = tmp_path / "pics.yaml"
    pics.write_text(PICS.replace("remote_trigger: yes", "remote_trigger: no"), encoding="utf-8")

    assert main(["plan", "--pics", str(pics), "--wanted-n", "3"]) == 0
    assert re.search(r"TriggerMessage/Heartbeat +0 +0 +3 +none that applies", capsys.readouterr().out)


def test_values_of_a_campaign_are_counted(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (campaign / "network").mkdir()
    assert main(["analyze", "--campaign", str(campaign), "--quiet"]) == 4
    capsys.readouterr()
    document = printed(capsys, "plan", "--campaign", str(campaign), "--json")
    samples = document["samples"]
    assert isinstance(samples, list)
    responses = next(row for row in samples if row["parameter"] == "response_timeout")

    # TC_001 and TC_002 were run; the tool sent no CALL in them.
    assert responses["have"] == 0
    assert responses["from_plan"] == len(responses["test_cases"]) - 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan"], "name the PICS"),
        (["plan", "--pics", STATION_PICS, "--wanted-n", "0"], "--wanted-n 0 is not a number from 1"),
        (["coverage"], "name the logs"),
        (["coverage", str(SAMPLES / "charging_station")], "name the PICS"),
        (["coverage", "--campaign", "nowhere-at-all"], "does not exist"),
    ],
)
def test_usage_errors(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_a_pics_without_type_has_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pics = tmp_path / "pics.yaml"
    pics.write_text("features: {C-07: yes}\n")

    assert main(["plan", "--pics", str(pics)]) == 2
    assert "does not state dut.type" in capsys.readouterr().err


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_the_coverage_follows_its_schema(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, "coverage", str(campaign), "--json")

    jsonschema.validate(document, printed(capsys, "schema", "coverage"))
    assert (document["schema"], document["complete"], document["runs"]) == ("perfkit.coverage/1", False, 4)


def test_logs_and_campaign_folder_tell_the_same(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_folder = printed(capsys, "coverage", str(campaign), "--json")
    by_logs = printed(capsys, "coverage", str(campaign / "logs"), "--pics", str(campaign / "pics.yaml"), "--json")

    assert by_folder == by_logs
    assert not (campaign / "results").exists()


def test_campaign_writes_its_coverage(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--campaign", str(campaign), "--quiet"]) == 4
    written = json.loads((campaign / "results" / "coverage.json").read_text())

    assert capsys.readouterr().out == ""
    assert written == printed(capsys, "coverage", str(campaign), "--json")
    assert main(["coverage", "--campaign", str(campaign), "--quiet"]) == 4  # it may write again


def test_the_table_is_readable_without_colour(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", str(campaign)]) == 4
    out = capsys.readouterr().out

    assert ESCAPE not in out
    assert "ALARM: firmware changed from 1.0 to 1.1 in TC_0010_CS" in out
    assert re.search(r"NOT MET: 0 of \d+", out)
    assert "r TC_001 " in out
    assert "x TC_002 " in out
    assert ". TC_042_2 " in out
    assert "o TC_003 " in out
    assert re.search(r"TC_0010_CS PASS +not in Appendix C; nearest is TC_010", out)
    assert "1 run, 1 passed; none passed before TC_002_CS" in out
    assert re.search(r"Not complete: \d+ to do for 7.2.2", out)


def test_full_lists_every_test_case_with_its_runs(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["coverage", str(campaign), "--full"])
    out = capsys.readouterr().out

    assert re.search(r"TC_001 +M +to repeat +\[PASS\]", out)
    assert re.search(r"TC_087 +C +not applicable +-", out)


def test_junit_has_one_test_case_per_row(campaign: Path, tmp_path: Path) -> None:
    path = tmp_path / "coverage.xml"
    assert main(["coverage", str(campaign), "--junit", str(path), "--quiet"]) == 4
    suite = ET.parse(path).getroot()[0]  # noqa: S314 - written by perfkit a moment ago
    cases = {case.get("name"): case for case in suite.iter("testcase")}

    assert len(cases) == int(suite.get("tests", "0")) == 97
    assert (suite.get("failures"), suite.get("errors")) == ("2", "37")
    assert cases["TC_002"].find("failure") is not None
    assert cases["TC_001"].find("failure") is not None  # to repeat
    assert cases["TC_003"].find("error") is not None
    assert cases["TC_042_2"].find("skipped") is not None


def test_the_document_is_written_beside(campaign: Path, tmp_path: Path) -> None:
    path = tmp_path / "coverage.json"
    main(["coverage", str(campaign), "--out", str(path), "--quiet"])

    assert json.loads(path.read_text())["schema"] == "perfkit.coverage/1"


def test_an_input_is_not_overwritten(campaign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pics = campaign / "pics.yaml"
    assert main(["coverage", str(campaign), "--out", str(pics)]) == 2
    assert pics.read_text() == PICS
    assert "is an input" in capsys.readouterr().err


def test_an_empty_folder_is_no_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()

    assert main(["coverage", str(tmp_path / "logs"), "--pics", STATION_PICS]) == 3
    assert "holds no files" in capsys.readouterr().err


def test_a_contradiction_of_the_pics_stops_both_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pics = tmp_path / "pics.yaml"
    pics.write_text(PICS.replace("core: yes", "core: no"), encoding="utf-8")

    assert main(["plan", "--pics", str(pics)]) == 2
    assert main(["coverage", str(SAMPLES / "charging_station"), "--pics", str(pics)]) == 2
    assert capsys.readouterr().err.count("profiles.core: no contradicts profiles.certificate") == 2
