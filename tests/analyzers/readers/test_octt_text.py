from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from perfkit_analyzers.logtext.frames import Frame, NotAFrame, read_frame
from perfkit_analyzers.message import Narration, NarrationKind, Role
from perfkit_analyzers.ocpp_message import Direction, MessageType
from perfkit_analyzers.readers.octt_text import OcttTextReader
from tests.analyzers.readers.campaign import (
    RULE,
    endings,
    header,
    heartbeat,
    messages,
    narration,
    read_octt,
    runs,
    skipped,
)

REAL_LOGS = Path(__file__).parents[3].parent / "shared" / "real-logs" / "octt"
MS = 1_000_000


def ns(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000


@pytest.mark.parametrize(
    ("first", "second", "gap"),
    [
        ("10:15:00:120", "10:15:00:411", "  "),
        ("10:15:00.120", "10:15:00.411", "  "),
        ("2026-03-02T10:15:00:120", "2026-03-02T10:15:00:411", " "),
        ("2026-03-02T10:15:00.120", "2026-03-02T10:15:00.411", " "),
    ],
)
def test_the_stamp_variants_give_the_same_messages(first: str, second: str, gap: str) -> None:
    text = header() + (
        f"[{first}] [REQUEST]\n"
        f'[{first}] [msg-out]{gap}[2, "a", "GetConfiguration", {{"key":["X"]}}]\n'
        f"[{second}] [RESPONSE]\n"
        f'[{second}] [msg-in]{gap}[3,"a",{{"configurationKey":[]}}]\n'
    )
    events, tally = read_octt(text)
    call, answer = messages(events)
    assert (call.line, call.stamp_ns, call.direction, call.type) == (
        13,
        ns("2026-03-02T10:15:00.120"),
        Direction.OUT,
        MessageType.CALL,
    )
    assert (call.message_id, call.action, bytes(call.payload)) == ("a", "GetConfiguration", b'{"key":["X"]}')
    assert (answer.stamp_ns - call.stamp_ns, answer.direction, answer.action) == (291 * MS, Direction.IN, None)
    assert (tally.lines, tally.messages, tally.narration, tally.skipped) == (15, 2, 13, 0)


def test_the_header_is_kept() -> None:
    (run,) = runs(read_octt(header() + heartbeat("10:15:00:050"))[0])
    assert (run.line, run.test_case, run.title, run.sut, run.sut_source) == (
        1,
        "TC_010_CS",
        "Start from afar",
        Role.CHARGING_STATION,
        "header",
    )
    assert (run.ocpp_version, run.build, run.configuration, run.profiles) == (
        "1.6",
        "Release_2026-01_v1",
        "bench_a",
        ("Core", "Reservation"),
    )
    assert (run.start_text, run.end_text, run.date_source, run.utc_offset_s, run.resolution_ns) == (
        "02-03-2026 10:15:00",
        "02-03-2026 10:16:00",
        "header",
        0,
        MS,
    )


def test_other_spellings_of_the_header_keys_mean_the_same() -> None:
    text = (
        "test case name:TC_031_CS\nTest case description : Unlock\nTEST START TIME : 02-03-2026 10:15:00\n"
        "System under test (SUT): CSMS\nConfiguration: c\nSomething New : 1\n" + RULE + "\n" + heartbeat("10:15:00:050")
    )
    events, tally = read_octt(text)
    (run,) = runs(events)
    assert (run.test_case, run.title, run.sut, run.configuration) == ("TC_031_CS", "Unlock", Role.CSMS, "c")
    assert run.notes == ("header says SUT is CSMS, test case id TC_031_CS says otherwise",)
    assert tally.skipped == 0


@pytest.mark.parametrize(
    ("start", "body", "stamp", "offset_s"),
    [
        ("17-05-2024 11:20:43", "09:20:43:730", "2024-05-17T09:20:43.730", 7200),  # header in summer time, body UTC
        ("17-05-2024 01:20:43", "23:20:43:730", "2024-05-16T23:20:43.730", 7200),  # the body's day is the one before
        ("16-05-2024 22:00:00", "03:30:00:500", "2024-05-17T03:30:00.500", -19800),  # ... the one after
        ("17-05-2024 12:45:01", "07:00:00:000", "2024-05-17T07:00:00", 20700),  # Nepal, and 1 s of slack
        ("31-12-2025 23:59:59", "00:00:00:400", "2026-01-01T00:00:00.400", 0),  # the year turns between the two
    ],
)
def test_date_and_zone_come_from_header_minus_body(start: str, body: str, stamp: str, offset_s: int) -> None:
    (run,) = runs(read_octt(header(start=start, end="") + heartbeat(body))[0])
    assert (run.stamp_ns, run.utc_offset_s, run.notes) == (ns(stamp), offset_s, ())


@pytest.mark.parametrize(
    ("body", "away"), [("11:12:00:000", "523.000"), ("11:20:45:100", "-2.100"), ("09:20:40:900", "7202.100")]
)
def test_a_header_that_is_no_zone_away_leaves_the_body_without_zone(body: str, away: str) -> None:
    (run,) = runs(read_octt(header(start="17-05-2024 11:20:43", end="") + heartbeat(body))[0])
    assert (run.stamp_ns, run.utc_offset_s) == (ns(f"2024-05-17T{body[:8]}.{body[9:]}"), None)
    assert run.notes == (f"header start is {away} s from the first body line: not a zone",)


def test_without_any_date_days_count_from_1970() -> None:
    (run,) = runs(read_octt(heartbeat("00:00:01:005"))[0])
    assert (run.stamp_ns, run.date_source, run.test_case) == (1_005 * MS, None, None)


def test_the_file_name_gives_test_case_date_and_configuration() -> None:
    name = "day.zip!/night/lab_cfg_TC_012_CS2026-03-01T23_59_59.978000.log.txt"
    (run,) = runs(read_octt(heartbeat("00:00:00:005"), name)[0])
    assert (run.test_case, run.configuration, run.date_source) == ("TC_012_CS", "lab_cfg", "file name")
    assert (run.stamp_ns, run.utc_offset_s) == (ns("2026-03-02T00:00:00.005"), None)
    assert (run.sut, run.sut_source) == (Role.CHARGING_STATION, "test case id")


def test_midnight_is_a_new_day_and_no_step() -> None:
    text = header(start="02-03-2026 23:59:58", end="") + heartbeat("23:59:58:900") + heartbeat("00:00:00:100")
    events, _ = read_octt(text)
    first, second = messages(events)
    assert second.stamp_ns - first.stamp_ns == 1200 * MS
    (day,) = narration(events, NarrationKind.NEW_DAY)
    assert (day.line, day.stamp_ns) == (13, second.stamp_ns)
    assert narration(events, NarrationKind.CLOCK_STEP) == []


def test_midnight_with_dates_in_the_lines() -> None:
    events, _ = read_octt(heartbeat("2026-03-02T23:59:59:900") + heartbeat("2026-03-03T00:00:00:100"))
    assert [message.stamp_ns for message in messages(events)] == [
        ns("2026-03-02T23:59:59.900"),
        ns("2026-03-03T00:00:00.100"),
    ]
    assert len(narration(events, NarrationKind.NEW_DAY)) == 1


def test_a_line_written_late_after_midnight_stays_in_its_day() -> None:
    events, _ = read_octt(heartbeat("23:59:59:999") + heartbeat("00:00:00:002") + heartbeat("23:59:59:998"))
    stamps = [message.stamp_ns for message in messages(events)]
    assert [stamps[1] - stamps[0], stamps[2] - stamps[1]] == [3 * MS, -4 * MS]
    assert [step.text for step in narration(events, NarrationKind.CLOCK_STEP)] == ["the clock fell by 0.004 s"]


@pytest.mark.parametrize(
    ("clocks", "steps"),
    [
        (("10:00:00:500", "10:00:00:498"), ["the clock fell by 0.002 s"]),
        (("10:00:00:500", "09:00:00:900"), ["the clock fell by 3599.600 s"]),
        (("10:00:00:500", "11:00:03:500"), ["the clock jumped by 3603.000 s"]),
        (("10:00:00:500", "11:00:59:500"), ["the clock jumped by 3659.000 s"]),
        (("10:00:00:500", "11:01:01:500"), []),
        (("00:00:05:000", "23:59:58:000"), ["the clock fell by 7.000 s"]),
        (("00:30:00:000", "23:30:01:000"), ["the clock fell by 3599.000 s"]),
        (("08:00:00:000", "21:00:00:000"), []),
        (("00:30:00:000", "23:24:00:000"), []),
        (("10:00:00:500", "10:59:50:500"), []),
        (("10:00:00:500", "10:00:00:500"), []),
        (("2026-03-02T10:00:00:500", "2026-03-01T10:00:00:500"), ["the clock fell by 86400.000 s"]),
    ],
)
def test_clock_steps_are_flagged_and_file_order_kept(clocks: tuple[str, str], steps: list[str]) -> None:
    events, _ = read_octt("".join(heartbeat(clock, clock) for clock in clocks))
    assert [step.text for step in narration(events, NarrationKind.CLOCK_STEP)] == steps
    assert [message.message_id for message in messages(events)] == list(clocks)


def test_a_pause_of_half_a_day_stays_in_its_day() -> None:
    events, _ = read_octt(heartbeat("10:00:00:000") + heartbeat("23:59:59:999") + heartbeat("00:00:00:001"))
    assert [message.stamp_ns for message in messages(events)] == [
        ns("1970-01-01T10:00:00"),
        ns("1970-01-01T23:59:59.999"),
        ns("1970-01-02T00:00:00.001"),
    ]


def test_an_announced_wait_of_an_hour_is_no_step() -> None:
    text = heartbeat("10:00:00:500") + "[10:00:00:600] [info]  Waiting for 3600 seconds.\n" + heartbeat("11:00:00:700")
    assert narration(read_octt(text)[0], NarrationKind.CLOCK_STEP) == []


def test_a_clock_step_in_lines_that_are_no_messages_counts_too() -> None:
    text = (
        heartbeat("10:00:00:500")
        + "[10:00:09:000] [REQUEST]\n[10:00:08:000] [info]  Received request message of the expected type.\n"
        + heartbeat("10:00:08:100")
    )
    (step,) = narration(read_octt(text)[0], NarrationKind.CLOCK_STEP)
    assert (step.line, step.text) == (3, "the clock fell by 1.000 s")


def test_several_runs_in_one_file_start_anew() -> None:
    footer = "\n\nTest case result : {}\n"
    text = (
        header("TC_010_CS", "02-03-2026 10:15:00", "02-03-2026 10:15:02")
        + "[10:15:00:100] [started_testcase]  Core_CS - TC_010_CS-Remote start\n"
        + heartbeat("10:15:01:000")
        + "[10:15:02:000] [verdict]  PASS\n[10:15:02:001] [stopped_testcase]  \n"
        + footer.format("PASS")
        + header("TC_012_CSMS", "01-03-2026 08:00:00", "01-03-2026 08:00:01", "CSMS")
        + heartbeat("08:00:00:300")
        + "[08:00:01:000] [verdict]  PASS\n"
        + footer.format("FAIL")
        + "[09:00:00:000] [started_testcase]  Core_CS - TC_013_CS-Hard reset\n"
        + heartbeat("09:00:00:300")
    )
    events, tally = read_octt(text)
    first, second, third = runs(events)
    assert [run.test_case for run in (first, second, third)] == ["TC_010_CS", "TC_012_CSMS", "TC_013_CS"]
    assert (second.line, second.sut, second.stamp_ns) == (19, Role.CSMS, ns("2026-03-01T08:00:00.300"))
    assert (third.title, third.date_source, third.sut) == ("Hard reset", None, Role.CHARGING_STATION)
    ends = endings(events)
    assert [end.verdict for end in ends] == ["PASS", "FAIL", None]
    assert ends[0].notes == ()
    assert ends[1].notes[-1] == "verdicts differ (PASS, FAIL); the worst counts"
    assert [end.line for end in ends] == [18, 34, tally.lines]
    assert narration(events, NarrationKind.CLOCK_STEP) == []
    assert tally.skipped == 0


LOG_END = "[10:15:02:000] [verdict]  PASS\n[10:15:02:001] [stopped_testcase]  "
LOG_STARTED = "[08:00:00:000] [started_testcase]  Core_CS - TC_012_CS-Remote stop\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("footer", ["\n\n\nTest case result : PASS", ""])
@pytest.mark.parametrize("second_header", [header("TC_012_CS", "01-03-2026 08:00:00", "01-03-2026 08:00:01"), ""])
def test_logs_joined_without_a_newline_between_them_are_several_runs(
    footer: str, second_header: str, mark: str
) -> None:
    """A log of OCTT ends without a newline, so `cat` puts the next header behind the verdict."""
    first_log = header() + heartbeat("10:15:01:000") + LOG_END + footer
    second_log = second_header + LOG_STARTED + heartbeat("08:00:00:500") + "[08:00:01:000] [verdict]  PASS\n"
    events, tally = read_octt(first_log + mark + second_log)
    first, second = runs(events)
    assert (first.test_case, second.test_case, second.title) == (
        "TC_010_CS",
        "TC_012_CS",
        "Start from afar" if second_header else "Remote stop",
    )
    assert (second.line, second.date_source) == (first_log.count("\n") + 1, "header" if second_header else None)
    assert [end.verdict for end in endings(events)] == ["PASS", "PASS"]
    assert (tally.messages, tally.skipped) == (2, 0)
    assert tally.lines == tally.messages + tally.narration == (first_log + second_log).count("\n")


@pytest.mark.parametrize("broken_off", ["[10:15:02:000] [verdict]  FAIL", heartbeat("10:15:02:000", "h2")[:-1]])
def test_a_log_that_broke_off_may_be_joined_too(broken_off: str) -> None:
    events, tally = read_octt(
        header() + heartbeat("10:15:01:000") + broken_off + header("TC_012_CS") + heartbeat("10:15:03:000", "h3")
    )
    assert [run.test_case for run in runs(events)] == ["TC_010_CS", "TC_012_CS"]
    is_message = "msg-in" in broken_off
    assert [message.message_id for message in messages(events)] == ["h1", *["h2"] * is_message, "h3"]
    assert [end.verdict for end in endings(events)] == [None if is_message else "FAIL", None]
    assert (tally.skipped, tally.lines, tally.lines - tally.messages) == (0, 24, tally.narration)


def test_a_log_saved_anew_with_its_mark_may_follow_another() -> None:
    events, tally = read_octt(
        header() + heartbeat("10:15:01:000") + "\ufeff" + header("TC_012_CS") + heartbeat("10:15:02:000")
    )
    assert [(run.test_case, run.build) for run in runs(events)] == [
        ("TC_010_CS", "Release_2026-01_v1"),
        ("TC_012_CS", "Release_2026-01_v1"),
    ]
    assert tally.skipped == 0


def test_the_footer_of_a_log_whose_beginning_is_missing_belongs_to_no_other_run() -> None:
    events, _ = read_octt("Test case result : FAIL\n" + header() + heartbeat("10:15:01:000") + LOG_END)
    assert [(end.verdict, end.notes) for end in endings(events)] == [
        ("PASS", ("the header's start and end are 60 s apart, the body's first and last line 1.001 s",))
    ]


def test_test_end_time_is_checked_against_the_body() -> None:
    text = header(end="02-03-2026 10:20:00") + heartbeat("10:15:00:100") + heartbeat("10:15:30:100")
    (end,) = endings(read_octt(text)[0])
    assert end.notes == ("the header's start and end are 300 s apart, the body's first and last line 30.000 s",)


def test_header_only_is_a_run_without_lines() -> None:
    events, tally = read_octt(header() + "\n\nTest case result : INCONC")
    assert (runs(events)[0].stamp_ns, endings(events)[0].verdict, tally.skipped) == (None, "INCONC", 0)


def test_narration_that_matters_is_told_apart() -> None:
    lines = [
        ("info", "========= Starting Testcase Preparation =========", NarrationKind.PHASE_PREPARATION),
        ("info", "Entering state Charging", NarrationKind.STATE),
        ("info", "Reached state Charging", NarrationKind.STATE),
        ("info", "========= Starting Main Testcase Steps =========", NarrationKind.PHASE_MAIN),
        ("prompt", "Please plug in your cable on EV side now.", NarrationKind.PROMPT),
        ("api_dismissed", "5f0c", NarrationKind.PROMPT_DISMISSED),
        ("info", "Got 'continue' on the previous API request, continuing.", None),
        ("info", "Disconnected from System Under Test", NarrationKind.DISCONNECTED),
        ("info", "Successfully connected to System Under Test", NarrationKind.CONNECTED),
        ("warning", "connectorId is 2", NarrationKind.WARNING),
        ("brand_new_tag", "what", None),
        ("info", "The value of resetAfterTestcase is true", NarrationKind.PHASE_RESTORE),
    ]
    text = heartbeat("10:00:00:000") + "".join(
        f"[10:00:0{number % 10}:{number:03}] [{tag}]  {words}\n"
        for number, (tag, words, _) in enumerate(lines)
        if number < 10
    )
    text += "".join(f"[10:00:09:5{number}0] [{tag}]  {words}\n" for number, (tag, words, _) in enumerate(lines[10:]))
    events, tally = read_octt(text)
    found = [event.kind for kind in NarrationKind for event in narration(events, kind)]
    assert sorted(found) == sorted(kind for _, _, kind in lines if kind)
    assert tally.narration == len(lines)


def test_a_prompt_of_several_lines_is_one_prompt() -> None:
    text = (
        "[10:00:00:000] [prompt]  Check the notifications:\nConnectorId : 1 - STATUS - Available\n\n- second\n"
        "[10:00:04:000] [api_dismissed]  7\n"
    )
    events, tally = read_octt(text)
    (prompt,) = narration(events, NarrationKind.PROMPT)
    assert prompt.text == "Check the notifications:\nConnectorId : 1 - STATUS - Available\n- second"
    assert (tally.narration, tally.skipped) == (5, 0)


def test_free_text_belongs_to_what_announces_it_and_to_nothing_else() -> None:
    text = (
        heartbeat("10:00:00:000")
        + "[10:00:01:000] [info]  Testcase failed because of the following reasons:\nno answer\n"
        + "[10:00:02:000] [info]  Waiting for response message of type ResetResponse\nstray\n"
        + "[10:00:03:000] [warning]  Odd\nbecause of this\n"
        + heartbeat("10:00:04:000")
        + "stray\n"
    )
    events, tally = read_octt(text)
    assert [skip.line for skip in skipped(events)] == [5, 9]
    assert (tally.messages, tally.narration) == (2, 5)


def test_lines_outside_of_everything_are_skipped() -> None:
    text = (
        heartbeat("10:00:00:000")
        + 'hello\n[2,"7","Heartbeat",{}]\n[25:00:00:000] [info]  x\n'
        + heartbeat("10:00:01:000")
    )
    events, tally = read_octt(text)
    assert [(skip.line, skip.reason) for skip in skipped(events)] == [
        (2, "not a line of this format"),
        (3, "a message without a time stamp"),
        (4, "time stamp out of range"),
    ]
    assert (tally.messages, tally.skipped) == (2, 3)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ('[3,"a",{"status":"Acc', "JSON ends inside a string"),
        ('[3,"a",{"status":"Accepted"', "JSON ends inside an object"),
        ('[3,"a",{}', "JSON ends inside an array"),
        ('[2,"a","Heartbeat"]', "frame has 3 elements where CALL needs 4"),
        ('[3,"a",{},1]', "frame has 4 elements where CALLRESULT needs 3"),
        ('[4,"a"]', "frame has 2 elements where CALLERROR needs 3 to 5"),
        ('[9,"a",{}]', "message type 9"),
        ('["2","a","Heartbeat",{}]', 'message type "2"'),
        ("[2, 'a', 'Heartbeat', {}]", "Python text with single quotes, not JSON"),
        ('{"a":1}', "JSON is not an array"),
        ('[3,"a",[]]', "payload [] is not an object"),
        ('[3,"a",null]', "payload null is not an object"),
        ("[3,1.5,{}]", "message id 1.5 is neither text nor an integer"),
        ('[2,"a","",{}]', 'action "" is not a name'),
        ('[3,"a",{}] [3,"b",{}]', "text after the end of the frame"),
        ('[3,"a",{"x":NaN}]', "JSON is malformed, invalid character (byte 12)"),
        ("", "no frame after the tag"),
        ("[" * 5000 + "]" * 5000, "JSON is nested too deeply"),
    ],
)
def test_what_is_no_frame_is_skipped_with_the_reason(frame: str, reason: str) -> None:
    text = heartbeat("10:00:00:000") + f"[10:00:00:500] [msg-in]  {frame}\n" + heartbeat("10:00:01:000")
    events, tally = read_octt(text)
    assert [(skip.line, skip.reason) for skip in skipped(events)] == [(2, reason)]
    assert (tally.messages, tally.skipped) == (2, 1)


def test_frames_of_every_type() -> None:
    frames = [
        ('[2,12345678,"DataTransfer",{}]', MessageType.CALL, "12345678", "DataTransfer", None),
        ('[3,-1,{"a":1.500000}]', MessageType.CALLRESULT, "-1", None, None),
        ('[4,"","ProtocolError","no id",{"why":"x"}]', MessageType.CALLERROR, "", None, "ProtocolError"),
        ('[4,"b","GenericError"]', MessageType.CALLERROR, "b", None, "GenericError"),
        ('[4,"b","GenericError","text"]', MessageType.CALLERROR, "b", None, "GenericError"),
        ('[5,"c","FormatViolation","",{}]', MessageType.CALLRESULTERROR, "c", None, "FormatViolation"),
        ('[6,"d","NotifyPeriodicEventStream",{"id":1}]', MessageType.SEND, "d", "NotifyPeriodicEventStream", None),
        ('[ 3 , "\\u0041\\n" , { } ]  ', MessageType.CALLRESULT, "A\n", None, None),
    ]
    text = "".join(f"[10:00:00:{number:03}] [msg-in]  {frame[0]}\n" for number, frame in enumerate(frames))
    found = messages(read_octt(text)[0])
    assert [(m.type, m.message_id, m.action, m.error_code) for m in found] == [frame[1:] for frame in frames]
    assert bytes(found[1].payload) == b'{"a":1.500000}'
    assert bytes(found[2].payload) == b'{"why":"x"}'
    assert bytes(found[3].payload) == b"{}"


def test_a_frame_over_several_lines_is_joined_when_it_becomes_complete() -> None:
    text = (
        heartbeat("10:00:00:000")
        + '[10:00:00:500] [msg-in]  [3,"a",{\n\t"list": [1,\n2],\n\n\t"status": "Accepted"\n}]\n'
        + heartbeat("10:00:01:000")
    )
    events, tally = read_octt(text)
    assert [(m.line, m.message_id) for m in messages(events)] == [(1, "h1"), (2, "a"), (8, "h1")]
    assert (tally.messages, tally.narration, tally.skipped, tally.lines) == (3, 5, 0, 8)


def test_a_frame_that_never_becomes_complete_does_not_swallow_the_next() -> None:
    text = '[10:00:00:500] [msg-in]  [3,"a",{\n\t"x": 1\n' + heartbeat("10:00:01:000")
    events, tally = read_octt(text)
    assert [(s.line, s.reason) for s in skipped(events)] == [
        (1, "JSON ends inside an object"),
        (2, "not a line of this format"),
    ]
    assert (tally.messages, tally.lines) == (1, 3)


def test_a_frame_is_given_up_as_soon_as_no_further_line_can_complete_it(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []

    def counted(text: bytes) -> Frame | NotAFrame:
        decoded.append(len(text))
        return read_frame(text)

    monkeypatch.setattr("perfkit_analyzers.logtext.open_frame.read_frame", counted)
    lines = ['[10:00:00:500] [msg-in]  [3,"a",{"x":[', *['["y"],'] * 50, "[}", "]}]", *['["y"],'] * 50]
    events, tally = read_octt("\n".join(lines) + "\n" + heartbeat("10:00:01:000"))
    assert len(decoded) == 1  # when its brackets are closed, not after each line
    assert (tally.messages, tally.skipped, skipped(events)[0].reason) == (1, 103, "JSON ends inside an object")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ('[10:00:02:000] [msg-in]  [2,"b","Sta', "JSON ends inside a string"),
        ("[10:00:02:0", "the file ends inside this line"),
        ("[10:00:02:000] [msg-", "the file ends inside this line"),
        ("[10:00:02:000] [msg-in]", "no frame after the tag"),
    ],
)
def test_a_cut_last_line_is_skipped(end: str, reason: str) -> None:
    events, tally = read_octt(heartbeat("10:00:00:000") + end)
    assert [(skip.line, skip.reason) for skip in skipped(events)] == [(2, reason)]
    assert (tally.lines, tally.messages) == (2, 1)


def test_the_last_line_needs_no_newline() -> None:
    assert len(messages(read_octt(heartbeat("10:00:00:000") + heartbeat("10:00:01:000").rstrip())[0])) == 2


@pytest.mark.parametrize(
    ("sut_line", "action", "direction", "sut", "source"),
    [
        ("", "Heartbeat", "msg-in", Role.CHARGING_STATION, "actions"),
        ("", "Heartbeat", "msg-out", Role.CSMS, "actions"),
        ("", "Reset", "msg-in", Role.CSMS, "actions"),
        ("", "DataTransfer", "msg-in", None, None),
    ],
)
def test_the_role_is_learned_from_actions_when_nothing_else_tells(
    sut_line: str, action: str, direction: str, sut: Role | None, source: str | None
) -> None:
    text = sut_line + (
        "[10:00:00:000] [info]  Using Security Profile: 1\n"
        '[10:00:00:100] [msg-in]  [3,"z",{}]\n'
        f'[10:00:00:200] [{direction}]  [2,"a","{action}",{{}}]\n'
    )
    events, _ = read_octt(text)
    (run,) = runs(events)
    assert (run.sut, run.sut_source) == (sut, source)
    assert events.index(run) == 0
    assert len(messages(events)) == 2


def test_actions_that_contradict_the_header_are_noted_at_the_end() -> None:
    text = header("TC_010_CS", end="") + '[10:15:00:000] [msg-out]  [2,"a","BootNotification",{}]\n'
    events, _ = read_octt(text)
    assert runs(events)[0].sut is Role.CHARGING_STATION
    assert endings(events)[0].notes == ("BootNotification as msg-out says SUT is csms, header says charging_station",)


@pytest.mark.parametrize("reader", [OcttTextReader, partial(OcttTextReader, scan=None)])
def test_the_first_action_that_tells_is_heard_wherever_it_is_read(reader: Callable[..., OcttTextReader]) -> None:
    plain = '[10:15:00:{:03}] [msg-in]  [2,"a{}","DataTransfer",{{}}]\n'
    told = '[10:15:01:{:03}] [msg-out]  [2,"b","{}",{{}}]\n'
    lines = [plain.format(number, number) for number in range(50)]
    lines += [told.format(0, "StatusNotification"), told.format(1, "Heartbeat")]
    text = header("TC_010_CS", end="") + "".join(lines)

    events = list(reader(io.BytesIO(text.encode()), "log"))

    said = "StatusNotification as msg-out says SUT is csms, header says charging_station"
    assert [ending.notes for ending in endings(events)] == [(said,)]


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16 with mark": lambda text: text.encode("utf-16"),
    "UTF-16 without mark": lambda text: text.encode("utf-16-le"),
    "UTF-16 big-endian": lambda text: text.encode("utf-16-be"),
    "carriage returns alone": lambda text: text.replace("\n", "\r").encode(),
    "no-break spaces from a browser": lambda text: text.replace("]  ", "] \N{NO-BREAK SPACE}").encode(),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "Latin-1": lambda text: text.encode("latin-1"),
    "zero bytes between lines": lambda text: text.replace("\n", "\n\0\0\0").encode(),
    "colours": lambda text: text.replace("[msg-in]", "\x1b[1;32m[msg-in]\x1b[0m").encode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_give_the_same_events(encoding: str) -> None:
    text = header() + '[10:15:00:100] [msg-in]  [2,"ä","DataTransfer",{"data":"grün"}]\n' + heartbeat("10:15:01:000")
    expected, plain = read_octt(text)
    events, tally = read_octt(ENCODINGS[encoding](text))
    shown = [(m.stamp_ns, m.message_id, bytes(m.payload)) for m in messages(events)]
    assert shown == [(m.stamp_ns, m.message_id, bytes(m.payload)) for m in messages(expected)]
    assert runs(events) == runs(expected)
    assert (tally.messages, tally.skipped) == (plain.messages, 0)


@pytest.mark.parametrize("options", [{}, {"scan": None}], ids=["as installed", "Python loop"])
def test_a_skipped_line_that_begins_like_a_plain_one_does_not_move_the_clock(options: dict[str, None]) -> None:
    text = header() + heartbeat("10:15:00:100") + '[10:15:20:100] [RESPONSE,"5",{}]\n' + heartbeat("10:15:10:100", "h2")
    events = list(OcttTextReader(io.BytesIO(text.encode()), "x.log", **options))
    assert [skip.reason for skip in skipped(events)] == ["not a line of this format"]
    assert NarrationKind.CLOCK_STEP not in [event.kind for event in events if isinstance(event, Narration)]
    assert endings(events)[0].stamp_ns == ns("2026-03-02T10:15:10.100")


def test_an_overlong_line_is_skipped_in_flat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit_analyzers.logtext.blocks.MAX_LINE_BYTES", 300_000)
    long_line = '[10:00:00:500] [msg-in]  [3,"a",{"x":"' + "y" * 900_000 + '"}]\n'
    events, tally = read_octt(heartbeat("10:00:00:000") + long_line + heartbeat("10:00:01:000"))
    assert [(skip.line, len(skip.text)) for skip in skipped(events)] == [(2, 200)]
    assert [message.line for message in messages(events)] == [1, 3]
    assert (tally.lines, tally.messages, tally.skipped) == (3, 2, 1)


def test_an_empty_file_has_no_events() -> None:
    events, tally = read_octt(b"")
    assert (events, tally.lines) == ([], 0)


@pytest.mark.skipif(not REAL_LOGS.is_dir(), reason="no real logs beside the repository")
def test_real_logs_are_read_without_a_skipped_line() -> None:
    for path in sorted(REAL_LOGS.glob("*.log")):
        events, tally = read_octt(path.read_bytes(), path.name)
        assert tally.skipped == 0
        assert tally.messages > 0
        assert [end.verdict for end in endings(events)] == ["PASS"]
