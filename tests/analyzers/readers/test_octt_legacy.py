from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from perfkit_analyzers.message import LineTally, LogEvent, NarrationKind, Role
from perfkit_analyzers.ocpp_message import Direction
from perfkit_analyzers.readers.octt_legacy import OcttLegacyReader
from tests.analyzers.readers.campaign import endings, messages, narration, runs, skipped

STATION = "TC_CP_V16_012_REMOTESTOP"
CENTRAL = "TC_CS_V16_000_BOOT"


def read(text: str) -> tuple[list[LogEvent], LineTally]:
    reader = OcttLegacyReader(io.BytesIO(text.encode()), "x.log")
    return list(reader), reader.tally


def line(clock: str, text: str, test_case: str = STATION, level: str = "INFO") -> str:
    return f"{clock}   {level}  - [{test_case}] {text}\n"


def test_directions_follow_from_action_and_id() -> None:
    text = (
        line("07-Sep-2021 09:14:02", '[2,"1631006042118","RemoteStopTransaction",{"transactionId":4}]')
        + line("07-Sep-2021 09:14:02", '[2,"77","StopTransaction",{"transactionId":4}]')
        + line("07-Sep-2021 09:14:03", '[3,"1631006042118",{"status":"Accepted"}]')
        + line("07-Sep-2021 09:14:03", '[3,"77",{}]')
        + line("07-Sep-2021 09:14:04", '[2,"5","DataTransfer",{}]')
        + line("07-Sep-2021 09:14:04", '[3,"5",{}]')
    )
    events, tally = read(text)
    assert [message.direction for message in messages(events)] == [
        Direction.OUT,  # the tool is the central system: the station is under test
        Direction.IN,
        Direction.IN,
        Direction.OUT,
        Direction.UNKNOWN,  # both sides may send it
        Direction.UNKNOWN,
    ]
    assert (tally.messages, tally.skipped) == (6, 0)


def test_an_answer_to_an_id_that_both_sides_use_has_no_direction() -> None:
    text = "".join(
        line("07-Sep-2021 09:14:02", frame)
        for frame in ('[2,"1","Reset",{}]', '[2,"1","Heartbeat",{}]', '[3,"1",{}]', '[3,"1",{}]')
    )
    assert [message.direction for message in messages(read(text)[0])] == [
        Direction.OUT,
        Direction.IN,
        Direction.UNKNOWN,
        Direction.UNKNOWN,
    ]


def test_the_old_ids_name_the_side_under_test() -> None:
    events, _ = read(line("07-Sep-2021 09:14:02", '[2,"9","BootNotification",{}]', CENTRAL))
    (run,) = runs(events)
    assert (run.sut, run.ocpp_version, run.resolution_ns) == (Role.CSMS, "1.6", 1_000_000_000)
    assert messages(events)[0].direction is Direction.OUT


def test_message_ids_that_look_like_times_are_not_used_as_times() -> None:
    events, _ = read(line("07-Sep-2021 09:14:02", '[2,"1684475511210","Heartbeat",{}]'))
    moment = datetime(2021, 9, 7, 9, 14, 2, tzinfo=UTC)
    assert messages(events)[0].stamp_ns == int(moment.timestamp()) * 10**9


def test_midnight_and_clock_falls_go_by_the_date() -> None:
    text = "".join(
        line(clock, '[2,"1","Heartbeat",{}]')
        for clock in ("31-Dec-2021 23:59:59", "01-Jan-2022 00:00:01", "31-Dec-2021 23:00:00")
    )
    events, _ = read(text)
    first, second, third = [message.stamp_ns for message in messages(events)]
    assert (second - first, third - second) == (2 * 10**9, -3601 * 10**9)
    assert len(narration(events, NarrationKind.NEW_DAY)) == 1
    assert [step.text for step in narration(events, NarrationKind.CLOCK_STEP)] == ["the clock fell by 3601.000 s"]


def test_stack_traces_are_narration_and_damage_is_not() -> None:
    text = (
        line("07-Sep-2021 09:14:02", "Cannot read the answer", level="ERROR")
        + "java.lang.IllegalStateException: x\n\tat a.b.C.d(C.java:7)\n\t... 3 more\nCaused by: y\n"
        + line("07-Sep-2021 09:14:02", '[3,"1",{}]')
        + "rubbish\n"
        + line("07-Sep-2021 09:14:03", '[3,"1",{"a"')
        + line("99-Sep-2021 09:14:03", "x")
        + '[2,"7","Heartbeat",{}]\n'
    )
    events, tally = read(text)
    assert [(skip.line, skip.reason) for skip in skipped(events)] == [
        (7, "not a line of this format"),
        (8, "JSON ends inside an object"),
        (9, "time stamp out of range"),
        (10, "a message without a time stamp"),
    ]
    assert (tally.lines, tally.messages, tally.narration, tally.skipped) == (10, 1, 5, 4)
    assert [warning.text for warning in narration(events, NarrationKind.WARNING)] == ["Cannot read the answer"]


def test_a_new_id_is_a_new_run_and_the_verdict_is_kept() -> None:
    text = (
        line("07-Sep-2021 09:14:02", '[2,"1","Heartbeat",{}]')
        + line("07-Sep-2021 09:14:03", "testCase_Result: FAIL")
        + line("07-Sep-2021 09:14:00", '[3,"1",{}]', CENTRAL)
    )
    events, _ = read(text)
    assert [run.test_case for run in runs(events)] == [STATION, CENTRAL]
    assert [(end.line, end.verdict) for end in endings(events)] == [(2, "FAIL"), (3, None)]
    assert messages(events)[1].direction is Direction.UNKNOWN  # the open call belongs to the run before
    assert narration(events, NarrationKind.CLOCK_STEP) == []


@pytest.mark.parametrize("month", ["Mai", "Dez", "mar", "Okt"])
def test_month_names_are_english_whatever_the_locale(month: str) -> None:
    _, tally = read(line(f"07-{month}-2021 09:14:02", "x"))
    assert tally.skipped == 1


def test_prompts_are_seen() -> None:
    events, _ = read(line("07-Sep-2021 09:14:02", "First resume the test case by clicking 'Yes' and plugin cable."))
    assert len(narration(events, NarrationKind.PROMPT)) == 1


def test_joined_and_pasted_logs_are_read() -> None:
    text = (
        line("07-Sep-2021 09:14:02", '[2,"1","Heartbeat",{}]') + "\ufeff" + line("07-Sep-2021 09:14:03", '[3,"1",{}]')
    )
    events, tally = read(text.replace("   INFO", " \N{NO-BREAK SPACE} INFO"))
    assert [(message.line, message.direction) for message in messages(events)] == [
        (1, Direction.IN),
        (2, Direction.OUT),
    ]
    assert tally.skipped == 0
