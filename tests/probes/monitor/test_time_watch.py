from __future__ import annotations

from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, Quantity
from perfkit_probes.monitor.time_watch import TimeWatch
from tests.probes.monitor.bench import DrivenClock


def looked(clock: DrivenClock, watch: TimeWatch, seconds: float = 1.0) -> list[Event | Gap]:
    clock.sleep(seconds)
    return watch.look(clock.now(), 1.0)


def started() -> tuple[DrivenClock, TimeWatch]:
    clock, watch = DrivenClock(), TimeWatch()
    assert watch.look(clock.now(), 1.0) == []
    return clock, watch


def test_time_that_passes_as_it_should_is_no_event() -> None:
    clock, watch = started()
    assert [looked(clock, watch) for _ in range(3)] == [[], [], []]


def test_what_ntp_slews_is_no_step() -> None:
    clock, watch = started()
    clock.step(0.0005)
    assert looked(clock, watch) == []


def test_a_step_has_its_size_and_direction() -> None:
    clock, watch = started()
    clock.step(-0.74)
    (event,) = looked(clock, watch)
    assert isinstance(event, Event)
    assert (event.kind, event.seconds) == (EventKind.CLOCK_STEP, -0.74)
    assert event.detail == "the wall clock was set back by 0.740 s"
    assert looked(clock, watch) == []


def test_a_suspend_is_an_event_and_a_gap_of_its_length_and_no_step() -> None:
    clock, watch = started()
    before = clock.now()
    clock.suspend(600)
    event, gap = looked(clock, watch)
    assert isinstance(event, Event)
    assert isinstance(gap, Gap)
    assert (event.kind, event.seconds) == (EventKind.SUSPENDED, 600.0)
    assert (gap.quantity, gap.cause, gap.seconds) == (Quantity.ALL, GapCause.SUSPENDED, 601.0)
    assert (gap.start, gap.end) == (before.time, clock.now().time)


def test_a_suspend_with_a_step_gives_both() -> None:
    clock, watch = started()
    clock.suspend(600)
    clock.step(3)
    kinds = [one.kind if isinstance(one, Event) else "gap" for one in looked(clock, watch)]
    assert kinds == [EventKind.SUSPENDED, "gap", EventKind.CLOCK_STEP]


def test_a_monitor_that_was_stopped_has_a_hole() -> None:
    clock, watch = started()
    event, gap = looked(clock, watch, seconds=31.0)
    assert isinstance(event, Event)
    assert isinstance(gap, Gap)
    assert (event.kind, event.seconds) == (EventKind.HELD_UP, 30.0)
    assert (gap.cause, gap.seconds) == (GapCause.HELD_UP, 31.0)


def test_a_look_that_is_a_little_late_is_no_hole() -> None:
    clock, watch = started()
    assert looked(clock, watch, seconds=3.0) == []


def test_without_a_boot_clock_a_jump_forward_says_that_it_may_be_a_suspend() -> None:
    clock, watch = DrivenClock(boot_ns=None), TimeWatch()
    watch.look(clock.now(), 1.0)
    clock.suspend(600)
    (event,) = looked(clock, watch)
    assert isinstance(event, Event)
    assert (event.kind, event.seconds) == (EventKind.CLOCK_STEP, 600.0)
    assert "does not tell which" in event.detail
