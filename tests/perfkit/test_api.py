from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from perfkit import api
from perfkit.api import Measurements, analyze
from perfkit.cli.main import main
from perfkit.core.errors import InputError, PicsError, UsageError
from perfkit.report import frames
from tests.vectors import octt

LOG = octt(
    """
    12:00:00.100 > 1 Authorize {"idTag": "A1"}
    12:00:00.400 < 1 {"idTagInfo": {"status": "Accepted"}}
    12:00:01.000 > 2 Heartbeat {}
    12:00:01.250 < 2 !InternalError
    12:00:02.000 > 3 Heartbeat {}
    12:00:02.500 [info] Disconnected from System Under Test
    12:00:03.000 [msg-in] [3, "cut
    """,
    test_case="TC_003_CSMS",
)
TABLES = {
    "parameters": frames.PARAMETER_TYPES,
    "combinations": frames.COMBINATION_TYPES,
    "observations": frames.SAMPLE_TYPES,
    "exclusions": frames.SAMPLE_TYPES,
    "exchanges": api.EXCHANGE_TYPES,
    "messages": api.MESSAGE_TYPES,
    "runs": frames.RUN_TYPES,
    "skipped": frames.SKIPPED_TYPES,
}

DTYPES = {"text": "string", "integer": "Int64", "number": "float64", "boolean": "boolean", "time": "datetime64[ns]"}


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "a.log"
    path.write_text(LOG)
    return path.as_posix()


@pytest.fixture
def measured(log: str) -> Measurements:
    return analyze(log, max_skipped_share=0.5)


def test_parameters_hold_the_figures_of_the_document(measured: Measurements) -> None:
    rows = {row["key"]: row for row in measured.parameters.to_dict("records")}

    assert list(rows) == [parameter.key for parameter in measured.document.parameters]
    authorize = rows["authorize_response_time"]
    assert (authorize["measured_s"], authorize["count"], authorize["measured_line"]) == (0.3, 1, 2)
    assert measured.parameters.measured_s.isna().tolist() == [True, False, False, True, True]


def test_observations_and_exclusions_are_apart(measured: Measurements) -> None:
    values = measured.observations.sort_values(["request_line", "parameter"], ascending=[True, False])
    assert values[["parameter", "combination", "value_s"]].to_numpy().tolist() == [
        ["response_timeout", "Authorize", 0.3],
        ["authorize_response_time", "Authorize/Accepted", 0.3],
        ["response_timeout", "Heartbeat/CALLERROR", 0.25],
    ]

    (excluded,) = measured.exclusions.to_dict("records")
    assert (excluded["reason"], excluded["request_line"], excluded["to_line"]) == ("NO_RESP_DISCONNECT", 6, 7)
    assert measured.exclusions.value_s.isna().all()


def test_exchanges_and_messages_come_from_the_log(measured: Measurements, log: str) -> None:
    calls = measured.exchanges
    assert calls[["call_line", "action", "direction", "ending", "error_code"]].fillna("-").to_numpy().tolist() == [
        [2, "Authorize", "to DUT", "answered", "-"],
        [4, "Heartbeat", "to DUT", "answered", "InternalError"],
        [6, "Heartbeat", "to DUT", "disconnected", "-"],
    ]
    assert calls.response_time_s.tolist()[:2] == [0.3, 0.25]
    assert calls.waited_s.tolist()[2] == 0.5
    assert calls.response_time_s.isna().tolist() == [False, False, True]

    messages = measured.messages
    assert messages.line.tolist() == [2, 3, 4, 5, 6]
    assert messages.type.tolist() == ["CALL", "CALLRESULT", "CALL", "CALLERROR", "CALL"]
    assert json.loads(messages.payload[0]) == {"idTag": "A1"}
    assert messages.file.unique().tolist() == [log]
    assert (messages.time[1] - messages.time[0]).total_seconds() == 0.3


def test_run_joins_with_the_runs(measured: Measurements) -> None:
    joined = measured.messages.merge(measured.runs, left_on="run", right_index=True)

    assert joined.test_case_y.tolist() == ["TC_003_CSMS"] * 5


def test_skipped_lines_have_their_place(measured: Measurements) -> None:
    (line,) = measured.skipped.to_dict("records")

    assert line["line"] == 8
    assert '[3, "cut' in line["text"]


def test_result_is_what_json_prints(measured: Measurements, log: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", log, "--max-skipped", "50", "--json"])
    printed = json.loads(capsys.readouterr().out)

    assert {**printed, "provenance": None} == {**json.loads(json.dumps(measured.result)), "provenance": None}


def test_columns_and_types_hold_also_without_rows(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(octt("12:00:00.100 > 1 Heartbeat {}\n12:00:00.200 < 1 {}", test_case="TC_003_CSMS"))
    measured = analyze(tmp_path / "a.log")

    assert len(measured.exclusions) == len(measured.skipped) == 0
    for name, types in TABLES.items():
        table = getattr(measured, name)
        assert list(table.columns) == list(types)
        assert [str(dtype) for dtype in table.dtypes] == [DTYPES[kind] for kind in types.values()]


@pytest.mark.parametrize("name", list(TABLES))
def test_every_column_is_documented(name: str) -> None:
    text = (Path(api.__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    section = next(part for part in text.split("\n## ")[1:] if f".{name} " in f"{part.splitlines()[0]} ")
    documented = {
        column.strip()
        for line in section.splitlines()
        if (cell := re.match(r"\| ([a-z0-9_, ]+) \|", line)) and cell[1] != "column"
        for column in cell[1].split(",")
    }

    assert documented == set(TABLES[name])


def test_pics_and_role_are_taken(log: str, tmp_path: Path) -> None:
    pics = tmp_path / "p.yaml"
    pics.write_text("schema: perfkit.pics/1\nperformance:\n  authorize_response_time: 0.2\n")

    stated = analyze(log, pics=pics, max_skipped_share=0.5)
    assert stated.parameters.set_index("key").comparison["authorize_response_time"] == "above"
    assert stated.document.pics is not None
    assert stated.document.pics.path == str(pics)
    assert analyze(log, role="charging_station", max_skipped_share=0.5).document.dut.type == "charging_station"


def test_too_many_skipped_lines_raise(log: str) -> None:
    with pytest.raises(InputError, match="1 of 6 lines that should be messages could not be read"):
        analyze(log)


def test_wrong_pics_raises(log: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("performance: {respnse_timeout: 1}")

    with pytest.raises(PicsError, match="respnse_timeout"):
        analyze(log, pics=tmp_path / "p.yaml")


@pytest.mark.parametrize(("paths", "role", "message"), [((), None, "name logs"), (("-",), None, "name logs")])
def test_what_cannot_be_analyzed_is_refused(paths: tuple[str, ...], role: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        analyze(*paths, role=role)


def test_unknown_role_is_refused(log: str) -> None:
    with pytest.raises(UsageError, match="'toaster' is not one of charging_station, csms"):
        analyze(log, role="toaster")


def test_missing_extra_says_what_to_install(log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(UsageError, match=r"pip install 'perfkit\[frames\]'"):
        analyze(log)


def test_every_table_takes_the_name_of_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a\xff.log")
    try:
        path.write_text(LOG)
    except OSError:
        pytest.skip("this file system takes no such names")
    measured = analyze(path, max_skipped_share=0.5)
    for name, types in TABLES.items():
        column = next((column for column in types if column.endswith("file")), None)
        if column is not None:
            files = getattr(measured, name)[column].dropna().unique()
            assert [file.rsplit("/", 1)[-1] for file in files] == ["a\\udcff.log"], name
