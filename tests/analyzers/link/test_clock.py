from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.policy import Policy
from perfkit_analyzers.link.clock import Alignment, ClockSource, LogClocks, NoClock
from perfkit_analyzers.link.evidence import RunClock, read_clocks
from perfkit_analyzers.link.offset import KEPT, Evidence, Offset, ToolTime
from tests.vectors import octt

HOUR_S = 3600.0


def boot(stamp: str, current_time: str | None, *, message_id: str = "b") -> str:
    """A station boots and the tool tells it the time."""
    told = "{}" if current_time is None else f'{{"status":"Accepted","currentTime":"{current_time}"}}'
    return f"{stamp} < {message_id} BootNotification {{}}\n{stamp} > {message_id} {told}\n"


def asked(stamp: str) -> str:
    return f"{stamp} > q{stamp} ClearCache {{}}\n{stamp} < q{stamp} {{}}\n"


def clocks_of(tmp_path: Path, *bodies: str, policy: Policy | None = None, test_case: str = "TC_001_CS") -> LogClocks:
    tmp_path.mkdir(exist_ok=True)
    for number, body in enumerate(bodies):
        (tmp_path / f"{number}.log").write_text(octt(body, test_case=test_case))
    return LogClocks(read_clocks([str(tmp_path)]), policy or Policy())


def answers(clocks: LogClocks) -> list[list[Alignment | NoClock]]:
    """What is said of each run, stretch by stretch."""
    return [
        [one if isinstance(one, NoClock) else one[0] for one in clocks.of_run(run.file, run.first_line).answers]
        for run in clocks.runs
    ]


def only(clocks: LogClocks) -> Alignment:
    ((found,),) = answers(clocks)
    assert isinstance(found, Alignment), found
    return found


def reason(clocks: LogClocks) -> str:
    ((found,),) = answers(clocks)
    assert isinstance(found, NoClock), found
    return found.reason


@pytest.mark.parametrize(
    ("stamp", "current_time", "zone_s"),
    [
        ("2026-06-08T05:21:40.115", "2026-06-08T05:21:40Z", 0),
        ("2026-06-08T05:21:40.115", "2026-06-08T05:21:40.108Z", 0),
        ("2026-06-08T07:21:40.999", "2026-06-08T05:21:40Z", 2 * HOUR_S),  # cut to the second
        ("2026-06-08T07:21:40.600", "2026-06-08T05:21:41Z", 2 * HOUR_S),  # rounded to the second
        ("2026-06-08T07:21:40.115", "2026-06-08T07:21:40+02:00", 2 * HOUR_S),
        ("2026-06-08T01:51:40.115", "2026-06-08T05:21:40.100Z", -3.5 * HOUR_S),
        ("2026-06-08T11:06:40.115", "2026-06-08T05:21:40.100Z", 5.75 * HOUR_S),
        ("2026-06-09T00:30:00.115", "2026-06-08T22:30:00.100Z", 2 * HOUR_S),  # another day
    ],
)
def test_the_tools_own_time_tells_the_zone(tmp_path: Path, stamp: str, current_time: str, zone_s: float) -> None:
    found = only(clocks_of(tmp_path, boot(stamp, current_time)))

    assert (found.source, found.offset_ns, found.tolerance_ns) == (ClockSource.MESSAGES, zone_s * 1e9, 2 * 10**9)
    assert "0.log:3" in found.detail


def test_a_clock_that_is_off_by_no_zone_is_taken_as_it_is(tmp_path: Path) -> None:
    found = only(clocks_of(tmp_path, boot("2026-06-08T05:28:20.000", "2026-06-08T05:21:40.000Z")))

    assert abs(found.offset_ns - 400 * 10**9) <= found.tolerance_ns - 2 * 10**9 < 10**9


def test_messages_that_disagree_a_little_still_tell_the_zone(tmp_path: Path) -> None:
    body = boot("2026-06-08T05:29:07.205", "2026-06-08T05:29:10.205Z", message_id="1")
    found = only(
        clocks_of(tmp_path, body + boot("2026-06-08T05:29:07.739", "2026-06-08T05:29:07.739Z", message_id="2"))
    )

    assert found.offset_ns == 0
    assert found.tolerance_ns == 4_998_500_000  # 2 s, and 3 s less what the two stamps resolve


def test_messages_that_contradict_each_other_tell_nothing(tmp_path: Path) -> None:
    body = boot("2026-06-08T05:29:07.000", "2026-06-08T05:29:07Z", message_id="1")
    body += boot("2026-06-08T05:29:08.000", "2026-06-08T04:29:08Z", message_id="2")

    assert "contradict each other" in reason(clocks_of(tmp_path, body))
    assert "contradict each other" in reason(clocks_of(tmp_path, body, policy=Policy(log_clock="UTC")))


@pytest.mark.parametrize(
    "body",
    [
        asked("2026-06-08T05:21:40.000"),
        boot("2026-06-08T05:21:40.000", "2026-06-08T05:21:40"),  # a time without a zone
        boot("2026-06-08T05:21:40.000", "soon"),
        '2026-06-08T05:21:40.000 < 1 StatusNotification {"timestamp":"2026-06-08T05:21:40Z"}\n',  # the DUT's clock
    ],
)
def test_without_a_time_of_the_tool_there_is_no_clock(tmp_path: Path, body: str) -> None:
    assert "no message of the tool tells its time" in reason(clocks_of(tmp_path, body))


def test_where_the_tool_plays_the_station_its_time_stamps_tell(tmp_path: Path) -> None:
    start = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-06-08T05:21:40.100Z"}'
    late = '{"connectorId":1,"meterValue":[{"timestamp":"2026-06-08T05:01:40.100Z","sampledValue":[]}]}'
    body = f"2026-06-08T07:21:40.110 > 1 StartTransaction {start}\n2026-06-08T07:21:50.110 > 2 MeterValues {late}\n"
    found = only(clocks_of(tmp_path, body, test_case="TC_003_CSMS"))

    assert (found.source, found.offset_ns) == (ClockSource.MESSAGES, 7200 * 10**9)


def test_a_message_that_was_sent_late_alone_tells_nothing(tmp_path: Path) -> None:
    late = '{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-06-08T05:21:10.100Z"}'
    body = f"2026-06-08T05:21:40.110 > 1 StartTransaction {late}\n"

    assert "no message" in reason(clocks_of(tmp_path, body, test_case="TC_003_CSMS"))


def test_a_thousand_old_times_do_not_hide_a_fresh_one() -> None:
    evidence, noon_ns = Evidence(), _utc_ns("2026-06-08T12:00:00")
    for second in range(2 * KEPT + 10):
        evidence.add(ToolTime(noon_ns + second * 10**9, 10**6, second), "2026-01-01T00:00:00Z", is_now=False)
    evidence.add(ToolTime(noon_ns + 3600 * 10**9, 10**6, 9000), "2026-06-08T11:00:00Z", is_now=False)

    assert evidence.offset() == Offset(2 * 3600 * 10**9, 0)
    assert len(evidence.older) <= 2 * KEPT


def test_runs_between_others_take_their_zone(tmp_path: Path) -> None:
    clocks = clocks_of(
        tmp_path,
        boot("2026-06-08T07:00:00.000", "2026-06-08T05:00:00.000Z"),
        asked("2026-06-08T08:00:00.000"),
        boot("2026-06-10T07:00:00.000", "2026-06-10T05:00:00.000Z"),
        asked("2026-06-11T06:59:00.000"),  # after the last that tells, within a day
        asked("2026-06-11T07:01:00.000"),
    )
    (_,), (between,), (_,), (near,), (far,) = answers(clocks)

    assert isinstance(between, Alignment)
    assert (between.source, between.offset_ns) == (ClockSource.OTHER_RUNS, 7200 * 10**9)
    assert isinstance(near, Alignment)
    assert isinstance(far, NoClock)
    assert "more than 24 h away" in far.reason


def test_a_run_between_two_zones_has_none(tmp_path: Path) -> None:
    clocks = clocks_of(
        tmp_path,
        boot("2026-10-24T12:00:00.000", "2026-10-24T10:00:00.000Z"),
        asked("2026-10-25T02:30:00.000"),
        boot("2026-10-25T12:00:00.000", "2026-10-25T11:00:00.000Z"),
    )
    (_,), (between,), (_,) = answers(clocks)

    assert isinstance(between, NoClock)
    assert "different zones" in between.reason


def test_a_log_without_a_date_is_joined_only_by_its_own_messages(tmp_path: Path) -> None:
    clocks = clocks_of(
        tmp_path, boot("07:00:00.000", "2026-06-08T05:00:00.000Z"), asked("08:00:00.000"), policy=Policy()
    )
    (own,), (none,) = answers(clocks)

    assert isinstance(own, Alignment)
    assert own.offset_ns == 7 * 3600 * 10**9 - _utc_ns("2026-06-08T05:00:00")
    assert isinstance(none, NoClock)
    assert "no date" in none.reason
    assert "no date" in reason(clocks_of(tmp_path / "x", asked("08:00:00.000"), policy=Policy(log_clock="UTC")))


@pytest.mark.parametrize("zone", ["+02:00", "Europe/Berlin"])
def test_a_stated_zone_takes_nothing_from_a_log_without_a_date_whose_messages_agree(tmp_path: Path, zone: str) -> None:
    body = boot("00:30:00.000", "2026-06-07T22:30:00.000Z")  # on the next day by the log's clock
    found = only(clocks_of(tmp_path, body, policy=Policy(log_clock=zone)))

    assert (found.source, found.tolerance_ns) == (ClockSource.MESSAGES, 2 * 10**9)
    assert found.offset_ns == 1800 * 10**9 - _utc_ns("2026-06-07T22:30:00")


def test_messages_of_a_log_without_a_date_contradict_another_zone(tmp_path: Path) -> None:
    body = boot("07:00:00.000", "2026-06-08T05:00:00.000Z")

    assert "+03:00 contradicts" in reason(clocks_of(tmp_path, body, policy=Policy(log_clock="+03:00")))


def _utc_ns(text: str) -> int:
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize(
    ("zone", "stamp", "offset_s"),
    [
        ("UTC", "2026-06-08T05:00:00.000", 0),
        ("-05:30", "2026-06-08T05:00:00.000", -5.5 * HOUR_S),
        ("Europe/Berlin", "2026-06-08T05:00:00.000", 2 * HOUR_S),
        ("Europe/Berlin", "2026-12-08T05:00:00.000", HOUR_S),
        ("Europe/Berlin", "2026-10-25T01:59:59.000", 2 * HOUR_S),
        ("Europe/Berlin", "2026-10-25T03:00:00.000", HOUR_S),
    ],
)
def test_a_stated_zone_is_taken(tmp_path: Path, zone: str, stamp: str, offset_s: float) -> None:
    policy = Policy(log_clock=zone, log_clock_offset_s=1.5, log_clock_tolerance_s=0.25)
    found = only(clocks_of(tmp_path, asked(stamp), policy=policy))

    assert found.source is ClockSource.STATED
    assert (found.offset_ns, found.zone_ns, found.tolerance_ns) == ((offset_s + 1.5) * 1e9, offset_s * 1e9, 0.25e9)


def test_a_stated_zone_that_messages_contradict_is_not_taken(tmp_path: Path) -> None:
    body = boot("2026-06-08T05:00:00.000", "2026-06-08T05:00:00.000Z")

    assert "+02:00 contradicts" in reason(clocks_of(tmp_path, body, policy=Policy(log_clock="+02:00")))
    assert "agree" in only(clocks_of(tmp_path, body, policy=Policy(log_clock="UTC"))).detail


def test_the_hour_that_occurs_twice_needs_evidence(tmp_path: Path) -> None:
    berlin = Policy(log_clock="Europe/Berlin")
    second = boot("2026-10-25T02:30:00.000", "2026-10-25T01:30:00.000Z")

    assert "occurs twice" in reason(clocks_of(tmp_path, asked("2026-10-25T02:30:00.000"), policy=berlin))
    assert only(clocks_of(tmp_path, second, policy=berlin)).offset_ns == 3600 * 10**9


def test_the_end_of_summer_time_inside_a_run_is_a_change_of_zone_and_no_error(tmp_path: Path) -> None:
    stamps = ("01:59:00.000", "02:30:00.000", "02:59:59.500", "02:00:01.000")
    body = "".join(asked(f"2026-10-25T{stamp}") for stamp in stamps)
    clocks = clocks_of(tmp_path, body + asked("2026-10-25T03:10:00.000"), policy=Policy(log_clock="Europe/Berlin"))
    ((before, after),) = answers(clocks)

    assert isinstance(before, Alignment)
    assert isinstance(after, Alignment)
    assert (before.offset_ns, after.offset_ns) == (7200 * 10**9, 3600 * 10**9)
    assert before.tolerance_ns == after.tolerance_ns == 2 * 10**9
    run = clocks.of_run(clocks.runs[0].file, 1)
    assert run.at(7, 0) is before  # the last line before the clock was set back
    assert run.at(8, 0) is after
    spans = list(run.spans())
    assert spans[0][0] == _utc_ns("2026-10-24T23:59:00")
    assert spans[1][1] == _utc_ns("2026-10-25T02:10:00")


def test_a_small_step_in_the_second_of_the_two_hours_stays_in_it(tmp_path: Path) -> None:
    stamps = ("01:59:00.000", "02:30:00.000", "02:59:59.500", "02:00:01.000", "02:10:00.000", "02:09:58.000")
    body = "".join(asked(f"2026-10-25T{stamp}") for stamp in stamps)
    ((_, _, last),) = answers(clocks_of(tmp_path, body, policy=Policy(log_clock="Europe/Berlin")))

    assert isinstance(last, Alignment)
    assert (last.offset_ns, last.tolerance_ns) == (3600 * 10**9, 4 * 10**9)  # the step of 2 s is an error


def test_the_beginning_of_summer_time_changes_the_offset_where_it_begins(tmp_path: Path) -> None:
    body = asked("2026-03-29T01:58:00.000") + asked("2026-03-29T03:30:00.000")  # 32 minutes apart
    clocks = clocks_of(tmp_path, body, policy=Policy(log_clock="Europe/Berlin"))
    run = clocks.of_run(clocks.runs[0].file, 1)

    assert _offset(run.at(2, _utc_ns("2026-03-29T01:58:00"))) == 3600 * 10**9
    assert _offset(run.at(4, _utc_ns("2026-03-29T03:30:00"))) == 7200 * 10**9


def _offset(found: Alignment | NoClock) -> int:
    assert isinstance(found, Alignment)
    return found.offset_ns


def test_a_step_of_the_clock_widens_the_tolerance_of_its_run(tmp_path: Path) -> None:
    body = boot("2026-06-08T05:00:10.000", "2026-06-08T05:00:10.000Z") + asked("2026-06-08T05:00:06.500")
    clocks = clocks_of(tmp_path, body, boot("2026-06-08T06:00:00.000", "2026-06-08T06:00:00.000Z"))
    (before, after), (next_run,) = answers(clocks)

    assert isinstance(before, Alignment)
    assert isinstance(after, Alignment)
    assert isinstance(next_run, Alignment)
    assert (before.source, after.source) == (ClockSource.MESSAGES, ClockSource.OTHER_RUNS)
    assert before.tolerance_ns == after.tolerance_ns == 5_500_000_000  # 2 s and the step of 3.5 s
    assert next_run.tolerance_ns == 2 * 10**9


def test_midnight_is_no_step(tmp_path: Path) -> None:
    body = boot("2026-06-08T23:59:59.000", "2026-06-08T23:59:59.000Z") + asked("2026-06-09T00:00:01.000")

    assert only(clocks_of(tmp_path, body)).tolerance_ns == 2 * 10**9


def test_a_run_without_any_stamp_has_no_clock() -> None:
    clocks = LogClocks([RunClock("a.log", "octt-text", 1, True, [])], Policy())

    found = clocks.of_run("a.log", 1).at(1, 0)
    assert isinstance(found, NoClock)
    assert list(clocks.of_run("a.log", 1).spans()) == []
