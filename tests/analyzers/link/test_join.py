"""A whole campaign with its monitor: what is flagged, excluded and stated, against lists made by hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult
from perfkit.core.errors import InputError
from perfkit.core.link_state import LinkStatus
from perfkit.core.monitor_record import ClockState, GapCause, Quantity, Record
from perfkit.core.pics.load import read_pics
from perfkit.core.pics.model import Dut, DutType, Pics
from perfkit.core.policy import NetworkUse, Policy
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.result_json import result_json
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.totals import Record as RowRecord
from tests.analyzers.link.records import ended, gap, sample, session, step, write
from tests.perfkit.report.network_documents import DOCUMENT
from tests.vectors import octt

GOOD_MS, SLOW_MS = 50.0, 1500.0


def call(second: float, *, answer_s: float = 0.25, zone_h: int = 0) -> str:
    """A CALL of the tool at a second after noon UTC, answered."""
    return (
        f"{_stamp(second, zone_h)} > c{second} ClearCache {{}}\n{_stamp(second + answer_s, zone_h)} < c{second} {{}}\n"
    )


def _stamp(second: float, zone_h: int) -> str:
    minutes, seconds = divmod(second, 60)
    return f"2026-06-08T{12 + zone_h:02}:{int(minutes):02}:{seconds:06.3f}"


def heartbeat(second: float, *, zone_h: int = 0) -> str:
    """The tool tells its time, which is the monitor's."""
    minutes, seconds = divmod(second, 60)
    told = f'{{"currentTime":"2026-06-08T12:{int(minutes):02}:{seconds:06.3f}Z"}}'
    return f"{_stamp(second, zone_h)} < h{second} Heartbeat {{}}\n{_stamp(second, zone_h)} > h{second} {told}\n"


# Samples every 10 s until 120 s, slow at 30, 40 and 50 s: by the samples the link is bad from 30 s to 60 s.
WATCHED: list[Record] = [
    session(),
    *(sample(10 * n, SLOW_MS if n in {3, 4, 5} else GOOD_MS) for n in range(13)),
    ended(125),
]
CALLS = [5, 15, 22, 29.9, 31, 32.1, 45, 57.7, 58.1, 61, 62.1, 75, 118]
# By hand, with clocks that may differ by 2 s: bad for certain where t + 2 s and t - 2 s are within 30 s to 60 s.
# From 18 s on (20 s less the tolerance) the next sample is the slow one; until 62 s the bad stretch may reach.
EXPECTED = {
    5: LinkStatus.IN_SPECIFICATION,
    15: LinkStatus.IN_SPECIFICATION,
    22: LinkStatus.UNCERTAIN,
    29.9: LinkStatus.UNCERTAIN,
    31: LinkStatus.UNCERTAIN,
    32.1: LinkStatus.NOT_MET,
    45: LinkStatus.NOT_MET,
    57.7: LinkStatus.NOT_MET,
    58.1: LinkStatus.UNCERTAIN,
    61: LinkStatus.UNCERTAIN,
    62.1: LinkStatus.IN_SPECIFICATION,
    75: LinkStatus.IN_SPECIFICATION,
    118: LinkStatus.IN_SPECIFICATION,
}


class Joined:
    """The result of a campaign of one log."""

    def __init__(self, tmp_path: Path, body: str, *, policy: Policy | None = None, records: list[Path]) -> None:
        log = tmp_path / "a.log"
        log.write_text(octt(body))
        self.records: list[RowRecord] = []
        pics = Pics(dut=Dut(type=DutType.CHARGING_STATION), policy=policy or Policy())
        analysis = analyze([str(log)], pics=pics, sink=lambda _, record: self.records.append(record), network=records)
        self.document: AnalysisDocument = analysis.document

    def statuses(self) -> dict[float, LinkStatus]:
        """Status of each CALL by its second after noon."""
        return {
            (record.row.stamp_ns or 0) % (3600 * 10**9) / 1e9: record.row.link.status
            for record in self.records
            if record.row.link is not None
        }

    @property
    def response(self) -> ParameterResult:
        """The parameter that every CALL belongs to."""
        return next(one for one in self.document.parameters if one.key == "response_timeout")


def body_of(calls: list[float], *, zone_h: int = 0) -> str:
    return heartbeat(1, zone_h=zone_h) + "".join(call(second, zone_h=zone_h) for second in calls)


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return write(tmp_path / "m.jsonl", WATCHED)


@pytest.mark.parametrize("zone_h", [0, 2, -5])
def test_exactly_the_observations_inside_are_flagged(tmp_path: Path, record: Path, zone_h: int) -> None:
    joined = Joined(tmp_path, body_of(CALLS, zone_h=zone_h), records=[record])

    assert joined.statuses() == EXPECTED
    flagged = {record.row.request_line for record in joined.records if Flag.NETWORK in record.flags}
    doubtful = {record.row.request_line for record in joined.records if Flag.NETWORK_UNCERTAIN in record.flags}
    lines = {second: 4 + 2 * place for place, second in enumerate(CALLS)}
    assert flagged == {lines[32.1], lines[45], lines[57.7]}
    assert doubtful == {lines[22], lines[29.9], lines[31], lines[58.1], lines[61]}
    assert all(record.in_headline for record in joined.records)


def test_the_document_states_the_link_overall_and_per_parameter(tmp_path: Path, record: Path) -> None:
    joined = Joined(tmp_path, body_of(CALLS), records=[record])
    network, link = joined.document.network, joined.response.link

    assert network is not None
    assert link is not None
    # The run lasts from 1 s to 118.25 s and is watched throughout; 30 s of it are bad.
    assert network.during.seconds == pytest.approx(117.25)
    assert network.during.share_known == 1
    assert network.during.share_in_specification == pytest.approx(87.25 / 117.25)
    assert network.during.samples == 11  # 10 s to 110 s
    assert (network.during.latency_median_ms, network.during.latency_p95_ms) == (GOOD_MS, SLOW_MS)
    assert network.during.latency_max_ms is not None
    assert (network.during.latency_max_ms.time, network.during.latency_max_ms.line) == ("2026-06-08T12:00:30.000Z", 5)
    assert (network.gaps, network.gap_count) == ([], 0)
    assert [(clock.source, clock.utc_offset_s, clock.tolerance_s) for clock in network.clocks] == [("messages", 0, 2)]

    assert link.statuses == {
        LinkStatus.IN_SPECIFICATION: 5,
        LinkStatus.NOT_MET: 3,
        LinkStatus.UNCERTAIN: 5,
    }
    assert link.excluded == 0
    assert link.seconds == pytest.approx(13 * 0.25)
    # Of 13 values five lie within 30 s to 60 s: 31, 32.1, 45, 57.7, 58.1, and 0.15 s of the one at 29.9 s.
    assert link.share_in_specification == pytest.approx((13 * 0.25 - 5 * 0.25 - 0.15) / (13 * 0.25))
    assert link.latency_max_ms is not None
    assert link.latency_max_ms.value == SLOW_MS
    assert joined.document.runs[0].clocks == [0]


def test_the_round_trip_stands_beside_the_headline_and_is_not_subtracted(tmp_path: Path, record: Path) -> None:
    body = heartbeat(1) + call(5) + call(45, answer_s=1.75) + call(75)
    joined = Joined(tmp_path, body, records=[record])

    assert joined.response.measured_s == 1.75
    assert joined.response.link is not None
    assert joined.response.link.latency_at_headline_ms == SLOW_MS


def test_excluded_ones_leave_the_figures_and_carry_reason_and_both_ends(tmp_path: Path, record: Path) -> None:
    body = heartbeat(1) + call(5) + call(45, answer_s=1.75) + call(61, answer_s=0.5) + call(75)
    joined = Joined(tmp_path, body, policy=Policy(network=NetworkUse.EXCLUDE), records=[record])
    (group,) = joined.response.exclusions
    (excluded,) = group.rows

    assert (group.reason, group.rule, group.count) == (Reason.NETWORK, "N3", 1)
    assert (excluded.request_line, excluded.to_line, excluded.row) == (6, 7, 2)
    assert (joined.response.count, joined.response.measured_s) == (3, 0.5)  # the uncertain one at 61 s counts
    (row,) = (one.row for one in joined.records if one.row.kind is RowKind.EXCLUSION)
    assert (row.value_ns, row.from_request_ns, row.flags) == (None, None, ())
    assert row.link is not None
    assert row.link.status is LinkStatus.NOT_MET
    assert joined.response.link is not None
    assert joined.response.link.excluded == joined.response.link.statuses[LinkStatus.NOT_MET] == 1
    assert [one.number for one in joined.records] == [1, 2, 3, 4]


def test_the_interval_of_a_triggered_function_begins_at_the_answer(tmp_path: Path, record: Path) -> None:
    trigger = '{"requestedMessage":"Heartbeat"}'
    body = (
        f"{heartbeat(1)}{_stamp(55, 0)} > t TriggerMessage {trigger}\n"
        f'{_stamp(65, 0)} < t {{"status":"Accepted"}}\n{_stamp(66, 0)} < u Heartbeat {{}}\n'
    )
    joined = Joined(tmp_path, body, records=[record])
    found = {one.row.parameter: one.row.link.status for one in joined.records if one.row.link is not None}

    # The link is bad until 60 s: while the answer is waited for, not while the Heartbeat is.
    assert found == {
        "response_timeout": LinkStatus.NOT_MET,
        "triggered_function_timeout": LinkStatus.IN_SPECIFICATION,
    }


def test_without_evidence_nothing_is_joined_and_the_result_says_so(tmp_path: Path, record: Path) -> None:
    joined = Joined(tmp_path, "".join(map(call, CALLS)), records=[record])

    assert set(joined.statuses().values()) == {LinkStatus.NO_CLOCK}
    assert not any(one.flags for one in joined.records)
    assert joined.document.network is not None
    assert joined.document.network.during.share_known is None
    (warning,) = (text for text in joined.document.warnings if "not joined" in text)
    assert "1 run: no message of the tool tells its time; state the zone with --log-clock" in warning


def test_a_stated_clock_and_offset_join_what_tells_nothing(tmp_path: Path, record: Path) -> None:
    policy = Policy(log_clock="+02:00", log_clock_offset_s=10.0, log_clock_tolerance_s=0.0)
    joined = Joined(
        tmp_path, "".join(call(second, zone_h=2) for second in (35, 45, 65, 75)), policy=policy, records=[record]
    )

    # The tool's clock is 10 s ahead: what it calls 35 s was at 25 s.
    assert joined.statuses() == {
        35: LinkStatus.UNCERTAIN,
        45: LinkStatus.NOT_MET,
        65: LinkStatus.NOT_MET,
        75: LinkStatus.IN_SPECIFICATION,
    }


def test_gaps_are_stated_with_their_reason(tmp_path: Path) -> None:
    looks: list[Record] = [sample(0, GOOD_MS), sample(10, GOOD_MS), gap(10, 40, Quantity.LATENCY), sample(40, GOOD_MS)]
    quiet = gap(60, 90, Quantity.LATENCY, GapCause.NO_TRAFFIC)
    path = write(tmp_path / "m.jsonl", [session(), *looks, sample(50, GOOD_MS), quiet, sample(90, GOOD_MS)])
    joined = Joined(tmp_path, body_of([5, 20, 120]), records=[path])
    network = joined.document.network

    assert network is not None
    assert [(one.start[17:19], one.seconds, one.reason) for one in network.gaps] == [
        ("10", 30.0, f"device_away: unplugged ({path.as_posix()}:4)"),
        ("10", pytest.approx(20.0), f"no_traffic: unplugged ({path.as_posix()}:7)"),  # 12:01:10, 20 s after the last
        ("50", pytest.approx(10.25), None),  # 12:01:50, 20 s after the last sample
    ]
    assert network.longest_gap_s == 30.0
    assert joined.statuses()[20] is LinkStatus.NO_SAMPLE


def test_a_clock_step_in_the_log_makes_its_run_uncertain_by_the_step(tmp_path: Path, record: Path) -> None:
    body = heartbeat(1) + call(45) + call(100) + call(92) + call(110)
    joined = Joined(tmp_path, body, records=[record])

    # Set back by 7.75 s (from 100.25 s to 92.5 s at the earliest line): 2 s + 8.25 s are no longer within 30 s to 60 s.
    assert joined.statuses()[45] is LinkStatus.NOT_MET
    assert joined.statuses()[110] is LinkStatus.IN_SPECIFICATION
    (clock, *_) = joined.document.network.clocks if joined.document.network else []
    assert clock.tolerance_s == 10.25
    nearer = Joined(tmp_path, heartbeat(1) + call(39) + call(100) + call(92), records=[record])
    assert nearer.statuses()[39] is LinkStatus.UNCERTAIN


@pytest.mark.parametrize("step_s", [30, 3600])
def test_a_clock_step_of_the_monitor_is_warned_of(tmp_path: Path, step_s: int) -> None:
    path = write(tmp_path / "m.jsonl", [session(), sample(0, GOOD_MS), step(5, step_s), sample(40, GOOD_MS)])
    joined = Joined(tmp_path, body_of([3]), records=[path])

    said = f"was stepped 1 time; its times are taken to be right to {step_s} s only"
    assert any(said in text for text in joined.document.warnings)


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ([sample(0, GOOD_MS), sample(10, GOOD_MS)], "no RSSI was measured"),
        ([sample(0, rssi_dbm=-60.0), sample(10, rssi_dbm=-60.0)], "no round trip was measured"),
        ([], None),
        ([sample(-30, GOOD_MS, rssi_dbm=-60.0), sample(8.25, GOOD_MS, rssi_dbm=-60.0)], None),
    ],
)
def test_a_gap_in_one_quantity_is_not_called_one_in_which_nobody_watched(
    tmp_path: Path, seen: list[Record], reason: str | None
) -> None:
    path = write(tmp_path / "m.jsonl", [session(mobile=True), *seen])
    joined = Joined(tmp_path, body_of([3, 8]), records=[path])

    assert joined.document.network is not None
    assert [gap.reason for gap in joined.document.network.gaps] == [reason]


@pytest.mark.parametrize("watched", [[-100, -90], [200, 210]])
def test_records_of_another_time_than_the_runs_are_warned_of(tmp_path: Path, watched: list[float]) -> None:
    path = write(tmp_path / "m.jsonl", [session(watched[0]), *(sample(second, GOOD_MS) for second in watched)])
    joined = Joined(tmp_path, body_of([3, 8]), records=[path])

    said = [text for text in joined.document.warnings if "no record of the link is of the time of the runs" in text]
    start, end = ("11:58:20", "11:58:30") if watched[0] < 0 else ("12:03:20", "12:03:30")
    assert len(said) == 1
    assert f"the records from 2026-06-08T{start}.000Z to 2026-06-08T{end}.000Z" in said[0]
    assert "the runs are from 2026-06-08T12:00:01.000Z to 2026-06-08T12:00:08.250Z" in said[0]


def test_over_midnight(tmp_path: Path) -> None:
    slow = [sample(12 * 3600 + second, SLOW_MS) for second in (-10, 0, 10)]
    path = write(
        tmp_path / "m.jsonl", [session(), sample(12 * 3600 - 20, GOOD_MS), *slow, sample(12 * 3600 + 20, GOOD_MS)]
    )
    boot = '{"status":"Accepted","currentTime":"2026-06-08T23:59:30Z"}'
    body = (
        f"2026-06-08T23:59:30.100 < b BootNotification {{}}\n2026-06-08T23:59:30.200 > b {boot}\n"
        "2026-06-08T23:59:59.900 > 1 ClearCache {}\n2026-06-09T00:00:00.200 < 1 {}\n"
        "2026-06-09T00:00:30.000 > 2 ClearCache {}\n2026-06-09T00:00:30.200 < 2 {}\n"
    )
    joined = Joined(tmp_path, body, records=[path])

    assert list(joined.statuses().values()) == [LinkStatus.NOT_MET, LinkStatus.IN_SPECIFICATION]


def test_a_check_before_the_runs_is_stated_with_its_time(tmp_path: Path, record: Path) -> None:
    early, late = tmp_path / "early.json", tmp_path / "late.json"
    early.write_text(result_json(msgspec.structs.replace(DOCUMENT, started="2026-06-08T11:50:01+00:00")))
    late.write_text(result_json(msgspec.structs.replace(DOCUMENT, started="2026-06-08T12:01:01+00:00")))
    joined = Joined(tmp_path, body_of([5]), records=[late, early, record])
    network = joined.document.network

    assert network is not None
    assert [(one.path, one.seconds_before_first_run) for one in network.checks] == [
        (early.as_posix(), 600.0),
        (late.as_posix(), -60.0),
    ]
    assert any(
        f"{late.as_posix()}: the link was checked 60 s after the first run began" in w for w in joined.document.warnings
    )


def test_a_check_alone_leaves_every_observation_without_sample(tmp_path: Path) -> None:
    check = tmp_path / "n.json"
    check.write_text(result_json(DOCUMENT))
    joined = Joined(tmp_path, body_of([5]), records=[check])

    assert set(joined.statuses().values()) == {LinkStatus.NO_SAMPLE}


def test_a_half_written_last_line_is_said_and_the_rest_joined(tmp_path: Path, record: Path) -> None:
    record.write_bytes(record.read_bytes()[:-30])
    joined = Joined(tmp_path, body_of([5, 45]), records=[record])

    assert joined.statuses() == {5: LinkStatus.IN_SPECIFICATION, 45: LinkStatus.NOT_MET}
    assert any("1 line could not be read, 1 of them half-written" in text for text in joined.document.warnings)


def test_a_log_that_changes_between_the_two_readings_is_an_error(
    tmp_path: Path, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from perfkit_analyzers.link import link as link_module

    monkeypatch.setattr(link_module, "read_clocks", lambda _: [])

    with pytest.raises(InputError, match=r"a\.log: the file changed while it was read"):
        Joined(tmp_path, body_of([5]), records=[record])


def test_no_record_leaves_no_trace(tmp_path: Path) -> None:
    joined = Joined(tmp_path, body_of([5]), records=[])

    assert joined.document.network is None
    assert joined.response.link is None
    assert joined.statuses() == {}


def test_a_clock_that_was_not_kept_right_is_warned_of(tmp_path: Path) -> None:
    path = write(
        tmp_path / "m.jsonl", [session(clock=ClockState(False, None, None, "adjtimex", None)), sample(0, GOOD_MS)]
    )
    joined = Joined(tmp_path, body_of([3]), records=[path])

    assert any(
        "m.jsonl:1: the clock of laptop, where the monitor ran, was not kept right" in w
        for w in joined.document.warnings
    )


def test_runs_of_another_role_are_not_spoken_of(tmp_path: Path, record: Path) -> None:
    (tmp_path / "csms.log").write_text(octt(call(5), test_case="TC_003_CSMS"))
    (tmp_path / "cs.log").write_text(octt(body_of([5])))
    pics = Pics(dut=Dut(type=DutType.CHARGING_STATION))
    document = analyze([str(tmp_path / "csms.log"), str(tmp_path / "cs.log")], pics=pics, network=[record]).document

    assert document.network is not None
    assert [(clock.source, clock.runs) for clock in document.network.clocks] == [("messages", 1)]
    assert [run.clocks for run in document.runs] == [[], [0]]
    assert document.network.during.seconds == pytest.approx(4.25)
    assert not any("not joined" in text for text in document.warnings)


def test_flagging_changes_no_figure(record: Path) -> None:
    logs = Path(__file__).parents[3] / "sample_logs"
    pics = read_pics(logs / "perf.yaml")
    plain, beside = (
        analyze([str(logs / "charging_station")], pics=pics, network=network).document
        for network in ([], [logs / "network" / "monitor.jsonl"])
    )

    for one, other in zip(plain.parameters, beside.parameters, strict=True):
        flags = [flag for flag in other.flags if flag.flag not in {Flag.NETWORK, Flag.NETWORK_UNCERTAIN}]
        assert msgspec.structs.replace(other, link=None, flags=flags) == one
