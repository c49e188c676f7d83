from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.core.link_state import LinkAt, LinkStatus
from perfkit.core.monitor_record import ClockState, GapCause, Quantity, Record
from perfkit.core.network_record import Required
from perfkit_analyzers.link.history import LinkHistory
from perfkit_analyzers.link.series import SessionSeries, time_ns
from tests.analyzers.link.records import NOON, ended, gap, sample, session, step

GOOD_MS, SLOW_MS, GOOD_DBM, WEAK_DBM = 50.0, 1500.0, -70.0, -95.0
NOON_NS = time_ns(NOON)
SECOND_NS = 10**9


def series(*records: Record, file: str = "m.jsonl") -> SessionSeries:
    head, *rest = records
    found = SessionSeries(file, 1, head)  # type: ignore[arg-type]
    for line, record in enumerate(rest, 2):
        found.take(line, record)
    found.finish()
    return found


def judged(history: LinkHistory, start: float, end: float, tolerance: float = 0.0) -> LinkAt:
    start_ns, end_ns = (NOON_NS + round(moment * SECOND_NS) for moment in (start, end))
    return history.judge(start_ns, end_ns, round(tolerance * SECOND_NS))


# Samples every 10 s; slow from 20 s to 40 s, so that 20 ≤ t < 40 is what the samples say.
WIRED = LinkHistory([series(session(), *(sample(10 * n, SLOW_MS if n in {2, 3} else GOOD_MS) for n in range(8)))])


@pytest.mark.parametrize(
    ("start", "end", "tolerance", "status", "latency_ms"),
    [
        (1.0, 1.5, 0.0, LinkStatus.IN_SPECIFICATION, GOOD_MS),
        (10.0, 10.0, 0.0, LinkStatus.UNCERTAIN, GOOD_MS),  # the next sample, at 20 s, is slow
        (19.5, 19.9, 0.0, LinkStatus.UNCERTAIN, GOOD_MS),
        (19.5, 20.0, 0.0, LinkStatus.NOT_MET, SLOW_MS),  # contains the slow sample
        (20.1, 20.2, 0.0, LinkStatus.NOT_MET, SLOW_MS),  # the sample before is slow
        (39.9, 39.95, 0.0, LinkStatus.NOT_MET, SLOW_MS),
        (39.9, 40.5, 0.0, LinkStatus.NOT_MET, SLOW_MS),  # the worst of those that speak
        (40.0, 40.5, 0.0, LinkStatus.IN_SPECIFICATION, GOOD_MS),
        (20.1, 20.2, 2.0, LinkStatus.UNCERTAIN, SLOW_MS),  # it may have been at 18.2 s
        (22.1, 22.2, 2.0, LinkStatus.NOT_MET, SLOW_MS),
        (37.9, 37.95, 2.0, LinkStatus.NOT_MET, SLOW_MS),
        (38.1, 38.2, 2.0, LinkStatus.UNCERTAIN, SLOW_MS),
        (41.9, 41.95, 2.0, LinkStatus.UNCERTAIN, GOOD_MS),
        (42.1, 42.2, 2.0, LinkStatus.IN_SPECIFICATION, GOOD_MS),
        (5.0, 45.0, 2.0, LinkStatus.NOT_MET, SLOW_MS),  # spans the whole stretch, wherever the clocks are
        (5.0, 45.0, 30.0, LinkStatus.UNCERTAIN, SLOW_MS),
        (89.9, 89.9, 0.0, LinkStatus.IN_SPECIFICATION, GOOD_MS),  # the last sample, at 70 s, speaks for two intervals
        (90.0, 90.0, 0.0, LinkStatus.NO_SAMPLE, None),
        (-5.0, -1.0, 0.0, LinkStatus.NO_SAMPLE, None),
        (-5.0, 0.0, 0.0, LinkStatus.IN_SPECIFICATION, GOOD_MS),  # the first sample lies at its end
    ],
)
def test_status_and_round_trip(
    start: float, end: float, tolerance: float, status: LinkStatus, latency_ms: float | None
) -> None:
    found = judged(WIRED, start, end, tolerance)

    assert found.status is status
    assert (found.latency_ms.value if found.latency_ms else None) == latency_ms
    assert found.missed == (() if status not in {LinkStatus.NOT_MET, LinkStatus.UNCERTAIN} else ("latency",))
    assert found.tolerance_s == tolerance


def test_the_worst_sample_is_named_with_its_line_and_time() -> None:
    found = judged(WIRED, 15.0, 45.0)

    assert found.latency_ms is not None
    assert (found.latency_ms.file, found.latency_ms.line) == ("m.jsonl", 4)  # header, 0 s, 10 s, 20 s
    assert found.latency_ms.time_ns == NOON_NS + 20 * SECOND_NS
    assert found.samples == 4  # 10, 20, 30, 40 s


def test_a_gap_in_which_the_device_was_away_silences_the_sample_before() -> None:
    away = LinkHistory([series(session(), sample(0, GOOD_MS), gap(5, 30), sample(30, GOOD_MS))])
    untold = gap(5, 30, Quantity.LATENCY, GapCause.NO_TRAFFIC)
    unwatched = LinkHistory([series(session(), sample(0, GOOD_MS), untold, sample(30, GOOD_MS))])

    assert judged(away, 4, 4).status is LinkStatus.IN_SPECIFICATION
    assert judged(away, 6, 7).status is LinkStatus.NO_SAMPLE
    assert judged(unwatched, 6, 7).status is LinkStatus.IN_SPECIFICATION  # merely nobody looked
    assert judged(unwatched, 21, 22).status is LinkStatus.NO_SAMPLE


def test_a_lost_probe_silences_the_sample_before_it() -> None:
    history = LinkHistory([series(session(), sample(0, GOOD_MS), sample(10, lost=True), sample(20, GOOD_MS))])

    assert judged(history, 11, 12).status is LinkStatus.NO_SAMPLE
    assert judged(history, 9, 12).status is LinkStatus.IN_SPECIFICATION


def test_no_sample_speaks_beyond_the_end_of_its_session_or_a_clock_step() -> None:
    closed = LinkHistory([series(session(), sample(0, GOOD_MS), ended(3))])
    stepped = LinkHistory([series(session(), sample(0, SLOW_MS), step(1, 100), sample(101, GOOD_MS))])

    assert judged(closed, 2.9, 2.9).status is LinkStatus.IN_SPECIFICATION
    assert judged(closed, 3.1, 3.1).status is LinkStatus.NO_SAMPLE
    assert judged(stepped, 110, 110).status is LinkStatus.UNCERTAIN  # the times of the session may be 100 s off
    assert judged(stepped, 300, 300).status is LinkStatus.NO_SAMPLE


def test_a_backward_step_of_the_monitor_leaves_two_pieces_that_overlap() -> None:
    looks: list[Record] = [
        sample(0, GOOD_MS),
        sample(10, SLOW_MS),
        step(10, -10),
        sample(5, GOOD_MS),
        sample(15, GOOD_MS),
    ]
    history = LinkHistory([series(session(), *looks)])

    assert judged(history, 12, 12).status is LinkStatus.UNCERTAIN  # slow by one piece, good by the other, 10 s off
    assert history.sessions[0].tolerance_ns == 10 * SECOND_NS


def test_what_the_host_knew_of_its_clock_widens_the_tolerance() -> None:
    doubtful = ClockState(True, -1500.0, 500.0, "chrony", None)
    history = LinkHistory(
        [series(session(clock=doubtful), sample(0, GOOD_MS), sample(10, SLOW_MS), sample(20, SLOW_MS))]
    )

    assert judged(history, 11.9, 11.9).status is LinkStatus.UNCERTAIN
    assert judged(history, 12.1, 12.1).status is LinkStatus.NOT_MET


def test_a_mobile_link_needs_a_signal_to_be_in_specification() -> None:
    looks = [
        sample(0, GOOD_MS, rssi_dbm=GOOD_DBM),
        sample(10, GOOD_MS, hidden=True),
        sample(20, GOOD_MS, rssi_dbm=WEAK_DBM),
    ]
    history = LinkHistory([series(session(mobile=True), *looks, sample(30, lost=True, rssi_dbm=GOOD_DBM))])

    assert judged(history, 1, 2).status is LinkStatus.IN_SPECIFICATION
    hidden, weak = judged(history, 11, 11.5), judged(history, 21, 22)
    assert (hidden.status, hidden.rssi_dbm, hidden.technology) == (LinkStatus.UNCERTAIN, None, "4g")
    assert (weak.status, weak.missed, weak.rssi_dbm and weak.rssi_dbm.value) == (
        LinkStatus.NOT_MET,
        ("rssi",),
        WEAK_DBM,
    )
    assert judged(history, 31, 32).status is LinkStatus.INCOMPLETE  # a signal, but no round trip
    assert judged(LinkHistory([series(session(mobile=True), sample(0, GOOD_MS))]), 1, 2).status is LinkStatus.INCOMPLETE


def test_bandwidth_counts_where_it_was_measured() -> None:
    history = LinkHistory([series(session(), sample(0, GOOD_MS, bandwidth=Required.NOT_MET), sample(10, GOOD_MS))])

    assert (judged(history, 1, 2).status, judged(history, 1, 2).missed) == (LinkStatus.NOT_MET, ("bandwidth",))
    assert judged(history, 25, 26).status is LinkStatus.IN_SPECIFICATION


def test_a_passive_round_trip_speaks_for_the_traffic_it_was_made_of() -> None:
    looks = [sample(0, GOOD_MS), sample(30, SLOW_MS, passive=True)]
    history = LinkHistory([series(session(passive_s=1.0), *looks)])

    assert judged(history, 29.2, 29.4).status is LinkStatus.NOT_MET
    assert judged(history, 28.2, 28.4).status is LinkStatus.NO_SAMPLE


def test_overlapping_sessions_are_watched_together_and_the_worst_decides() -> None:
    good = series(session(name="a"), *(sample(10 * n, GOOD_MS) for n in range(5)), file="a.jsonl")
    slow = series(session(2, name="b"), sample(12, SLOW_MS), sample(22, GOOD_MS), file="b.jsonl")
    found = judged(LinkHistory([good, slow]), 13, 14)

    assert found.status is LinkStatus.NOT_MET
    assert found.latency_ms is not None
    assert found.latency_ms.file == "b.jsonl"
    assert found.samples == 2


def test_without_any_session_nothing_is_known() -> None:
    assert judged(LinkHistory([]), 1, 2).status is LinkStatus.NO_SAMPLE


# --- the same by an independent, slow join on whole seconds -----------------------------------------------------------


@dataclass(frozen=True)
class Looked:
    """A look of one quantity at a second: 0 met, 1 missed, 2 not measured."""

    second: int
    fate: int


@dataclass(frozen=True)
class Watch:
    """A session: looks by quantity, gaps, its end (None: killed) and how wrong its clock may be."""

    looks: dict[str, list[Looked]]
    gaps: list[tuple[int, int]] = field(default_factory=list)
    end: int | None = None
    error: int = 0
    interval: int = 4

    def spoken(self, quantity: str) -> list[tuple[Looked, set[int], bool]]:
        """Each look with the seconds it speaks for, and whether it speaks until the next look."""
        looks = self.looks[quantity]
        found = []
        for index, look in enumerate(looks):
            later = looks[index + 1].second if index + 1 < len(looks) else None
            limits = [look.second + 2 * self.interval, *(start for start, _ in self.gaps if start >= look.second)]
            limits += [later] if later is not None else [self.end] if self.end is not None else []
            until = min(limits)
            found.append((look, {look.second, *range(look.second, until)}, later is not None and until >= later))
        return found

    def missed(self, quantity: str) -> Iterator[set[int]]:
        """Stretches of seconds in which looks missed without a break."""
        current: set[int] = set()
        unbroken = False
        for look, seconds, reaches in self.spoken(quantity):
            if look.fate == 1:
                if not unbroken and current:
                    yield current
                    current = set()
                current |= seconds
            unbroken = look.fate == 1 and reaches
        if current:
            yield current

    def before_missed(self, quantity: str) -> Iterator[set[int]]:
        """Seconds between a look that did not miss and the next one that did."""
        spoken = self.spoken(quantity)
        for (look, _, reaches), (later, _, _) in itertools.pairwise(spoken):
            if reaches and look.fate != 1 and later.fate == 1:
                yield set(range(look.second, later.second))


def naive(watches: list[Watch], start: int, end: int, tolerance: int) -> LinkStatus:
    def shifted(watch: Watch) -> list[set[int]]:
        reach = tolerance + watch.error
        return [set(range(start + shift, end + shift + 1)) for shift in range(-reach, reach + 1)]

    quantities = ("latency", "rssi")
    for watch in watches:
        for quantity in quantities:
            if any(all(seen & stretch for seen in shifted(watch)) for stretch in watch.missed(quantity)):
                return LinkStatus.NOT_MET
    for watch in watches:
        for quantity in quantities:
            stretches = [*watch.missed(quantity), *watch.before_missed(quantity)]
            if any(seen & stretch for seen in shifted(watch) for stretch in stretches):
                return LinkStatus.UNCERTAIN
    own = set(range(start, end + 1))
    known = {
        quantity
        for watch in watches
        for quantity in quantities
        for look, seconds, _ in watch.spoken(quantity)
        if look.fate != 2 and seconds & own
    }
    needed = {"latency", "rssi"} if any(watch.looks["rssi"] for watch in watches) else {"latency"}
    if needed <= known:
        return LinkStatus.IN_SPECIFICATION
    return LinkStatus.INCOMPLETE if known & needed else LinkStatus.NO_SAMPLE


def records(watch: Watch) -> SessionSeries:
    clock = ClockState(True, 0.0, 1000.0 * watch.error, "test", None)
    by_second: dict[int, dict[str, int]] = {}
    for quantity, looks in watch.looks.items():
        for look in looks:
            by_second.setdefault(look.second, {})[quantity] = look.fate
    lines: list[Record] = [session(-50, interval_s=watch.interval, clock=clock)]
    for second, fates in sorted(by_second.items()):
        latency, rssi = fates.get("latency"), fates.get("rssi")
        lines.append(
            sample(
                second,
                {0: GOOD_MS, 1: SLOW_MS}.get(latency if latency is not None else 2),
                lost=latency == 2,
                rssi_dbm={0: GOOD_DBM, 1: WEAK_DBM}.get(rssi if rssi is not None else 2),
                hidden=rssi == 2,
            )
        )
    lines += [gap(start, end) for start, end in watch.gaps]
    lines += [ended(watch.end)] if watch.end is not None else []
    return series(*lines)


def looks(seconds: int) -> st.SearchStrategy[list[Looked]]:
    one = st.builds(Looked, st.integers(0, seconds), st.sampled_from([0, 0, 1, 1, 2]))
    return st.lists(one, max_size=9, unique_by=lambda look: look.second).map(
        lambda found: sorted(found, key=lambda look: look.second)
    )


@st.composite
def watches(draw: st.DrawFn) -> Watch:
    found = {"latency": draw(looks(40)), "rssi": draw(st.just([]) | looks(40))}
    last = max([look.second for one in found.values() for look in one], default=0)
    gaps = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=2))
    return Watch(
        found,
        [(start, start + length) for start, length in gaps],
        draw(st.none() | st.integers(last, last + 9)),
        draw(st.integers(0, 2)),
        draw(st.integers(2, 6)),
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(watches(), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(-4, 50), st.integers(0, 9)), max_size=12),
    st.integers(0, 3),
)
def test_every_status_is_that_of_the_naive_join(
    watched: list[Watch], observed: list[tuple[int, int]], tolerance: int
) -> None:
    history = LinkHistory([records(watch) for watch in watched])

    for start, length in observed:
        expected = naive(watched, start, start + length, tolerance)
        assert judged(history, start, start + length, tolerance).status is expected, (start, length)
