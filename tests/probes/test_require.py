from __future__ import annotations

import pytest

from perfkit_probes.require import PacedRecord
from perfkit_probes.wire import pace

MS = 1_000_000


def test_a_report_gives_both_one_way_delays_and_a_round_trip_without_the_pause() -> None:
    record = PacedRecord(sent_ns={0: 1_000 * MS})
    # The far clock is 50 s ahead. Our packet arrives there 30 ms later, rests 70 ms, theirs takes 40 ms back.
    record.book(pace(bytes(8), 0, 51_100 * MS, [(0, 70_000)]), 1_140 * MS)
    assert record.up_ns == {0: 51_030 * MS}
    assert record.down == {0: (51_100 * MS, 1_140 * MS)}
    assert record.rtts_ms == [pytest.approx(70.0)]


def test_a_report_counts_once_and_only_for_packets_we_sent() -> None:
    record = PacedRecord(sent_ns={0: 0, 1: 100 * MS})
    record.book(pace(bytes(8), 0, 500 * MS, [(1, 0), (9, 0)]), 600 * MS)
    record.book(pace(bytes(8), 1, 600 * MS, [(1, 50_000), (0, 60_000)]), 700 * MS)
    record.book(pace(bytes(8), 1, 900 * MS, [(0, 0)]), 999 * MS)
    assert record.up_ns == {1: 500 * MS, 0: 540 * MS}
    assert len(record.down) == 2


def test_pairs_start_at_zero_whatever_the_clocks_say() -> None:
    record = PacedRecord(sent_ns={0: 7_000 * MS, 1: 7_100 * MS}, up_ns={1: 90_130 * MS, 0: 90_010 * MS})
    assert record.up_pairs() == [(0.0, 0.0), (pytest.approx(0.1), pytest.approx(0.02))]
    assert PacedRecord().down_pairs() == []


def test_what_is_overdue_counts_as_expected_what_may_still_come_does_not() -> None:
    record = PacedRecord(sent_ns={i: i * 100 * MS for i in range(20)}, up_ns={0: 1, 1: 1, 2: 1}, rtts_ms=[100.0])
    # The newest report is of packet 2; at 1.9 s with a patience of 1 s packets 0 to 8 are overdue.
    assert record.expected_up(1_900 * MS) == 9
    assert record.expected_up(500 * MS) == 3


def test_the_far_ends_packets_are_expected_by_time_once_one_has_come() -> None:
    record = PacedRecord(down={0: (0, 1_000 * MS), 4: (0, 1_400 * MS)})
    assert record.expected_down(1_500 * MS, 0.1) == 5
    assert record.expected_down(5_000 * MS, 0.1) == 30
    assert PacedRecord().expected_down(5_000 * MS, 0.1) == 0


def test_patience_grows_with_the_round_trip() -> None:
    assert PacedRecord(rtts_ms=[100.0]).patience_s() == 1.0
    assert PacedRecord(rtts_ms=[100.0, 2_000.0]).patience_s() == 4.0
