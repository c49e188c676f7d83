"""The link during the measurement: what the analysis joined, in the report."""

from __future__ import annotations

import msgspec

from perfkit.core.link_state import LinkStatus
from perfkit.core.network_join_record import (
    ConnectionCheck,
    LinkGap,
    LinkSummary,
    LogClock,
    MonitorFile,
    MonitorSession,
    NetworkJoin,
    ParameterLink,
    WorstSample,
)
from perfkit.core.network_record import THRESHOLDS
from perfkit.report.content.link import link_section
from perfkit.report.content.model import Cell, Fact, Facts, Section, Table, Tone
from perfkit.report.content.parameters import ParameterSections
from tests.perfkit.report.documents import DOCUMENT
from tests.perfkit.report.report_inputs import inputs_of, read_of

WORST = WorstSample(1468.6, "2026-06-08T09:06:07+02:00", "{0}.jsonl", 113)
SESSION = MonitorSession(
    session="s1",
    line=1,
    host="lab",
    label=None,
    target=None,
    device=None,
    operators=["A", "B"],
    start="2026-06-08T05:15:07Z",
    end="2026-06-08T08:23:28Z",
    interval_s=60.0,
    samples=189,
    clock_steps=0,
    synchronized=True,
    clock_error_s=0.01,
    ended=True,
)
JOIN = NetworkJoin(
    thresholds=THRESHOLDS,
    clocks=[LogClock("stated", "--log-clock", 7200.0, 0.0, 2.0, 3, "a.log", 1), LogClock(None, "none", None, None, None, 1, "b", 1)],
    monitors=[MonitorFile("m.jsonl", "0" * 64, [SESSION], 200, 0, 0, [])],
    checks=[],
    during=LinkSummary(805.4, 0.963, 0.898, 12, 61.6, 1468.6, WORST, WorstSample(-88.0, "2026-06-08T06:40:07Z", "m", 87)),
    gaps=[LinkGap("2026-06-08T07:16:20Z", "2026-06-08T07:16:49Z", 29.1, None)],
    gap_count=3,
    longest_gap_s=29.1,
    connections=ConnectionCheck(4, -0.25, 60.0),
)  # fmt: skip
LINK = ParameterLink(
    {LinkStatus.IN_SPECIFICATION: 20, LinkStatus.NOT_MET: 2}, 1, 64.3, 69.7, WORST, 67.7, None, 5.1, 1.0, 0.9
)
JOINED = msgspec.structs.replace(
    DOCUMENT, network=JOIN, parameters=[msgspec.structs.replace(DOCUMENT.parameters[0], link=LINK)]
)


def joined_section() -> Section:
    section = link_section(read_of(JOINED))
    assert section is not None
    return section


def tables(section: Section) -> dict[str, list[list[Cell]]]:
    return {block.key: [list(row) for row in block.rows] for block in section.blocks if isinstance(block, Table)}


def facts(blocks: tuple[object, ...]) -> dict[str, list[str]]:
    items: list[Fact] = [item for block in blocks if isinstance(block, Facts) for item in block.items]
    return {item.label: [cell.text for cell in item.cells] for item in items}


def test_a_result_without_a_record_of_the_link_has_no_such_section() -> None:
    assert link_section(read_of(DOCUMENT)) is None
    assert link_section(None) is None


def test_the_summary_says_how_much_was_watched_and_what_was_worst() -> None:
    said = facts(joined_section().blocks)

    assert said["Time of the runs"] == ["805 s of runs whose clock is known"]
    assert said["Link watched"] == ["96.3 % of this time"]
    assert said["In specification"] == ["89.8 % of this time"]
    assert said["Latency"][-1] == "maximum 1468.6 ms at 2026-06-08 07:06:07 UTC ({0}.jsonl:113)"
    assert said["RSSI"] == ["minimum -88 dBm at 2026-06-08 06:40:07 UTC (m:87)"]
    assert said["Gaps"] == ["3 gaps", "longest 29.1 s"]


def test_connections_that_both_saw_check_the_clocks() -> None:
    assert facts(joined_section().blocks)["Check of the clocks"] == [
        "4 connections seen to begin by log and monitor",
        "later in the log by -0.25 s (median)",
        "the monitor may have seen them up to 60.00 s late",
    ]


def test_each_parameter_says_in_which_state_the_link_was() -> None:
    (row,) = tables(joined_section())["link-values"]

    assert [cell.text for cell in row] == [
        "Triggered function", "20", "2", "0", "0", "0", "0", "1", "64.3", "69.7", "67.7",
    ]  # fmt: skip
    assert row[2].tone is Tone.ALARM
    assert row[1].figure is not None
    assert (row[1].figure.pointer, row[1].figure.value) == ("/parameters/0/link/statuses/in_specification", 20)


def test_a_run_without_a_clock_is_told_apart() -> None:
    stated, none = tables(joined_section())["clocks"]

    assert [cell.text for cell in stated] == ["as stated", "--log-clock", "3", "+7200", "2"]
    assert [cell.text for cell in none] == ["no clock", "none", "1", "-", "-"]
    assert none[0].tone is Tone.CAUTION


def test_gaps_and_sessions_are_listed() -> None:
    section = joined_section()

    assert [[cell.text for cell in row] for row in tables(section)["gaps"]] == [
        ["2026-06-08 07:16:20 UTC", "2026-06-08 07:16:49 UTC", "29.1", "nobody watched"]
    ]
    session = [cell.text for cell in tables(section)["sessions"][0]]
    assert (session[2], session[-1]) == ("synchronised", "A, B")
    assert [block.note for block in section.blocks if isinstance(block, Table) and block.key == "gaps"] == [
        "and 2 more gaps"
    ]


def test_the_round_trip_stands_beside_the_measured_value() -> None:
    (section,) = ParameterSections(inputs_of(JOINED), JOINED, {}).sections("analysis")

    assert facts(section.blocks)["Network round trip"] == ["67.7 ms (beside the measured value; never subtracted)"]
