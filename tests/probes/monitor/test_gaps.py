from __future__ import annotations

from perfkit.core.monitor_record import Event, Gap, GapCause, Quantity
from perfkit_probes.monitor.gaps import Gaps
from perfkit_probes.monitor.sources.base import Reading
from tests.probes.monitor.bench import DrivenClock, active, heard

LATENCY, SIGNAL = Quantity.LATENCY, Quantity.SIGNAL
GOOD = {LATENCY: Reading(active()), SIGNAL: Reading(heard())}


def missing(cause: GapCause, reason: str = "why") -> Reading:
    return Reading(reason=reason, cause=cause)


def kinds(happened: list[Event | Gap]) -> list[str]:
    return [one.kind.value if isinstance(one, Event) else f"gap {one.quantity.value}" for one in happened]


def test_a_device_that_goes_and_comes_back_is_two_events_and_a_gap_of_each_quantity() -> None:
    clock = DrivenClock()
    gaps = Gaps(clock.now())
    assert gaps.follow(GOOD, clock.now()) == []
    last_good = clock.now()
    clock.sleep(10)
    away = {LATENCY: missing(GapCause.DEVICE_AWAY), SIGNAL: missing(GapCause.DEVICE_AWAY, "unplugged")}
    assert kinds(gaps.follow(away, clock.now())) == ["device_away"]
    clock.sleep(10)
    assert gaps.follow(away, clock.now()) == []
    clock.sleep(10)
    back = gaps.follow(GOOD, clock.now())
    assert kinds(back) == ["device_back", "gap latency", "gap signal"]
    gap = back[2]
    assert isinstance(gap, Gap)
    assert (gap.cause, gap.reason, gap.seconds) == (GapCause.DEVICE_AWAY, "unplugged", 30.0)
    assert (gap.start, gap.end) == (last_good.time, clock.now().time)


def test_the_device_is_back_only_when_nothing_misses_it() -> None:
    clock = DrivenClock()
    gaps = Gaps(clock.now())
    gaps.follow({LATENCY: missing(GapCause.DEVICE_AWAY), SIGNAL: missing(GapCause.DEVICE_AWAY)}, clock.now())
    assert kinds(gaps.follow({SIGNAL: Reading(heard())}, clock.now())) == ["gap signal"]
    assert kinds(gaps.follow({LATENCY: Reading(active())}, clock.now())) == ["device_back", "gap latency"]


def test_one_absence_may_turn_out_to_be_another_within_a_gap() -> None:
    clock = DrivenClock()
    gaps = Gaps(clock.now())
    gaps.follow({LATENCY: missing(GapCause.NO_ANSWER)}, clock.now())
    happened = gaps.follow({LATENCY: missing(GapCause.RESPONDER_AWAY, "refused")}, clock.now())
    happened += gaps.follow({LATENCY: missing(GapCause.DEVICE_AWAY)}, clock.now())
    assert kinds(happened) == ["responder_away", "device_away", "responder_back"]
    (gap,) = [one for one in gaps.follow(GOOD, clock.now()) if isinstance(one, Gap)]
    assert (gap.cause, gap.reason) == (GapCause.RESPONDER_AWAY, "refused")


def test_a_lost_packet_is_a_gap_without_an_event() -> None:
    clock = DrivenClock()
    gaps = Gaps(clock.now())
    assert gaps.follow({LATENCY: missing(GapCause.NO_ANSWER)}, clock.now()) == []
    (gap,) = gaps.follow(GOOD, clock.now())
    assert isinstance(gap, Gap)
    assert gap.cause is GapCause.NO_ANSWER


def test_what_was_never_there_is_missing_since_the_beginning_and_ends_with_the_session() -> None:
    clock = DrivenClock()
    begun = clock.now()
    gaps = Gaps(begun)
    clock.sleep(10)
    gaps.follow({SIGNAL: missing(GapCause.DEVICE_AWAY)}, clock.now())
    clock.sleep(50)
    (gap,) = gaps.end(clock.now())
    assert (gap.start, gap.seconds) == (begun.time, 60.0)
    assert gaps.end(clock.now()) == []
