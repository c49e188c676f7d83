from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.policy import Policy, Verdicts
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.campaign import Campaign
from perfkit_analyzers.runs import Dut
from tests.conversation import measured
from tests.vectors import RESPONSE, octt

ONE = octt('12:00:00.000 > 1 ClearCache\n12:00:00.100 < 1 {"status":"Accepted"}')
OTHER = octt("12:00:00.000 > 1 GetConfiguration\n12:00:00.300 < 1 {}")


@pytest.mark.parametrize(
    ("policy", "verdict", "counts"),
    [
        (Policy(), "PASS", True),
        (Policy(), None, True),
        (Policy(), "FAIL", False),
        (Policy(), "INCONC", False),
        (Policy(), "ERROR", False),
        (Policy(verdicts=Verdicts.ALL), "FAIL", True),
    ],
)
def test_which_verdicts_count(policy: Policy, verdict: str | None, counts: bool) -> None:
    assert Campaign(Dut(), policy).counts(verdict) is counts


def test_rows_are_numbered_through_all_runs() -> None:
    found = measured(ONE + OTHER + ONE)

    assert [record.number for record in found.records] == [1, 2, 3]
    assert [record.row.request_line for record in found.records] == [2, 7, 12]
    result = found.result(RESPONSE)
    assert result.measured_at is not None
    assert (result.measured_at.row, result.measured_at.request_line) == (2, 7)


def test_a_run_that_is_left_out_takes_no_numbers() -> None:
    found = measured(ONE + OTHER.replace("_CS-", "_CSMS-").replace("GetConfiguration", "Heartbeat") + ONE)

    assert [record.number for record in found.records if record.row.parameter == RESPONSE] in ([1, 3], [1, 2])


def test_the_file_of_the_extreme_is_named(tmp_path: Path) -> None:
    for name, log in (("a.log", ONE), ("b.log", OTHER), ("c.log", OTHER + "\n"), ("d.log", ONE + "\n")):
        (tmp_path / name).write_text(log)
    document = analyze([str(tmp_path)]).document
    (result,) = (entry for entry in document.parameters if entry.key == RESPONSE)

    assert result.measured_at is not None
    assert Path(result.measured_at.file).name == "b.log"  # the earlier of two
    assert [(c.name, c.count, c.max_at and Path(c.max_at.file).name) for c in result.combinations] == [
        ("ClearCache", 2, "a.log"),
        ("GetConfiguration", 2, "b.log"),
    ]


def test_a_log_without_a_start_is_a_run() -> None:
    body = '[12:00:00.000] [msg-out]  [2,"1","ClearCache",{}]\n[12:00:00.100] [msg-in]  [3,"1",{}]\n'

    assert [row.value_ms for row in measured(body).rows(RESPONSE)] == [100]
