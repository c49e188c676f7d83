from __future__ import annotations

import gc
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, InterfaceCount, Origin, Quantity, Sample
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.record_file import RecordFile
from perfkit_probes.monitor.runner import AtOnce, InThread
from perfkit_probes.monitor.sampler import Outlets, Sampler
from perfkit_probes.monitor.session import watch
from perfkit_probes.monitor.socket_diag import DiagnosedSocket
from perfkit_probes.monitor.sources.base import Reading, Source
from perfkit_probes.monitor.sources.connections import ConnectionSource
from perfkit_probes.tcp_info import TcpInfo
from tests.probes.monitor.bench import DrivenClock, FakeDisk, Kept, Told, active, heard, sampler_of

HOUR_S = 3600


def run_for(sampler: Sampler, clock: DrivenClock, seconds: int) -> None:
    for _ in range(seconds):
        sampler.tick()
        clock.sleep(1)


def latency_source(period_s: float = 10.0, say: Callable[[], Reading] | None = None) -> Told:
    return Told("latency", period_s, say or (lambda: Reading(active())))


def signal_source(say: Callable[[], Reading] | None = None) -> Told:
    return Told("signal", 10.0, say or (lambda: Reading(heard())))


def connection(acknowledged_bytes: int, rtt_ms: float = 48.3, last_ack_s: float = 0.2) -> DiagnosedSocket:
    info = TcpInfo(
        segment_bytes=1448,
        rtt_ms=rtt_ms,
        min_rtt_ms=41.0,
        retransmissions=2,
        ip_bytes_sent=2 * acknowledged_bytes,
        ip_bytes_received=5_000,
        rttvar_ms=3.0,
        segments_sent=acknowledged_bytes // 100,
        acknowledged_bytes=acknowledged_bytes,
        delivery_bytes_s=48_000,
        last_ack_s=last_ack_s,
    )
    return DiagnosedSocket(("192.0.2.1", 9000), ("198.51.100.7", 40112), 77, info)


def test_everything_that_is_due_stands_in_one_sample() -> None:
    clock, kept = DrivenClock(), Kept()
    run_for(sampler_of(latency_source(), signal_source(), kept=kept, clock=clock), clock, 30)
    assert [(one.number, one.latency, one.signal) for one in kept.samples] == [
        (number, active(), heard()) for number in range(3)
    ]
    assert [one.monotonic_s for one in kept.samples] == [1000.0, 1010.0, 1020.0]
    assert kept.shown == kept.samples


def test_a_reason_stands_where_a_value_is_missing() -> None:
    clock, kept = DrivenClock(), Kept()
    away = Reading(reason="nobody there", cause=GapCause.RESPONDER_AWAY)
    run_for(sampler_of(latency_source(say=lambda: away), signal_source(), kept=kept, clock=clock), clock, 10)
    (sample,) = kept.samples
    assert (sample.latency, sample.signal, sample.reasons) == (None, heard(), {"latency": "nobody there"})
    assert [(one.kind, one.detail) for one in kept.events] == [(EventKind.RESPONDER_AWAY, "nobody there")]


def test_the_end_closes_gaps_and_sources_and_says_why() -> None:
    clock, kept = DrivenClock(), Kept()
    source = signal_source(lambda: Reading(reason="unplugged", cause=GapCause.DEVICE_AWAY))
    sampler = sampler_of(source, kept=kept, clock=clock)
    run_for(sampler, clock, 10)
    sampler.end("interrupted")
    gap, last = kept.records[-2:]
    assert isinstance(gap, Gap)
    assert isinstance(last, Event)
    assert (gap.quantity, gap.cause, gap.seconds) == (Quantity.SIGNAL, GapCause.DEVICE_AWAY, 10.0)
    assert (last.kind, last.detail) == (EventKind.SESSION_END, "interrupted")
    assert source.is_closed


def test_what_waits_for_a_line_is_written_before_the_session_ends() -> None:
    clock, kept = DrivenClock(), Kept()
    count = InterfaceCount("eth1", 1, 2, 3, 4, 0, 0)
    sampler = sampler_of(Told("interface", 10.0, lambda: Reading(count, is_news=False)), kept=kept, clock=clock)
    run_for(sampler, clock, 2)
    sampler.end("interrupted")
    sample, last = kept.records
    assert isinstance(sample, Sample)
    assert isinstance(last, Event)
    assert (sample.number, sample.interface, last.kind) == (0, count, EventKind.SESSION_END)


def test_a_defect_in_one_source_does_not_end_the_others() -> None:
    clock, kept = DrivenClock(), Kept()

    def broken() -> Reading:
        raise ZeroDivisionError("by zero")

    run_for(sampler_of(latency_source(say=broken), signal_source(), kept=kept, clock=clock), clock, 20)
    assert [one.signal for one in kept.samples] == [heard(), heard()]
    assert kept.samples[1].reasons == {"latency": "a defect of perfkit: ZeroDivisionError: by zero"}


def test_a_source_that_lets_one_wait_delays_nothing_and_says_so() -> None:
    clock, kept, answers = DrivenClock(), Kept(), threading.Event()

    def slow() -> Reading:
        answers.wait(30)
        return Reading(heard())

    slow_signal = Told("signal", 10.0, slow, may_wait=True)
    outlets = Outlets(kept, kept)
    sampler = Sampler([latency_source(), slow_signal], outlets, clock=clock, allowance=Allowance(1), runner=InThread())
    sampler._grace_s = 0.0
    run_for(sampler, clock, 11)
    assert [one.latency for one in kept.samples] == [active(), active()]
    assert [one.reasons for one in kept.samples] == [{}, {"signal": "no answer yet, for 10 s"}]
    answers.set()
    while kept.samples[-1].signal is None:
        run_for(sampler, clock, 1)
        threading.Event().wait(0.001)
    assert slow_signal.reads <= 2


def test_after_a_suspend_what_was_missed_is_not_made_up_for() -> None:
    clock, kept = DrivenClock(), Kept()
    source = latency_source()
    sampler = sampler_of(source, kept=kept, clock=clock)
    run_for(sampler, clock, 5)
    clock.sleep(1000)
    run_for(sampler, clock, 10)
    assert source.reads == 3  # at 0, after the hole, and 5 s later on the old grid
    assert [one.monotonic_s for one in kept.samples] == [1000.0, 2005.0, 2010.0]
    assert [one.kind for one in kept.events] == [EventKind.HELD_UP]


class Told9000:
    """The kernel's figures of a connection on which data is acknowledged in the seconds `busy`."""

    def __init__(self, busy: set[int]) -> None:
        self.second, self.acknowledged, self.busy = -1, 1000, busy

    def __call__(self, ports: frozenset[int]) -> list[DiagnosedSocket]:
        self.second += 1
        self.acknowledged += 100 * (self.second in self.busy)
        return [connection(self.acknowledged)]


def test_passive_comes_first_and_the_probe_fills_in() -> None:
    clock, kept = DrivenClock(), Kept()
    probe = latency_source()
    passive = ConnectionSource([9000], Told9000({0, 4, 13, 14, 40}))
    run_for(sampler_of(passive, probe, kept=kept, clock=clock), clock, 50)
    origins = {int(one.monotonic_s) - 1000: one.latency.origin for one in kept.samples if one.latency is not None}
    assert origins == {
        0: Origin.PASSIVE,
        4: Origin.PASSIVE,
        13: Origin.PASSIVE,
        14: Origin.PASSIVE,
        40: Origin.PASSIVE,
        30: Origin.ACTIVE,
    }
    assert probe.reads == 1  # at 10 and 20 the connection had just told; at 40 it does
    assert [one.kind for one in kept.events] == [EventKind.CONNECTION_OPENED]


def test_seconds_in_which_nothing_happened_cost_no_line() -> None:
    clock, kept = DrivenClock(), Kept()
    passive = ConnectionSource([9000], Told9000({0}))
    run_for(sampler_of(passive, signal_source(), kept=kept, clock=clock), clock, 21)
    assert [int(one.monotonic_s) - 1000 for one in kept.samples] == [0, 10, 20]
    assert [one.connections is not None for one in kept.samples] == [True, True, True]
    assert [one.latency is not None for one in kept.samples] == [True, False, False]


def test_what_is_not_worth_a_line_waits_for_one_but_not_for_ever() -> None:
    clock, kept = DrivenClock(), Kept()
    count = InterfaceCount("eth1", 1, 2, 3, 4, 0, 0)
    counters = Told("interface", 10.0, lambda: Reading(count, is_news=False))
    late = Told("signal", 10.0, lambda: Reading(heard()))
    sampler = sampler_of(late, counters, kept=kept, clock=clock)
    sampler._slots[0].due_s += 2  # the signal comes two seconds after the counters
    run_for(sampler, clock, 11)
    assert [(one.monotonic_s, one.interface, one.signal) for one in kept.samples] == [(1002.0, count, heard())]
    alone = Kept()
    run_for(sampler_of(counters, kept=alone, clock=clock), clock, 20)
    assert [(one.monotonic_s, one.interface) for one in alone.samples] == [(1016.0, count), (1026.0, count)]


@pytest.mark.parametrize(("busy", "kept_waiting"), [("bandwidth", "latency"), ("latency", "bandwidth")])
def test_latency_and_bandwidth_are_not_measured_at_the_same_time(busy: str, kept_waiting: str) -> None:
    clock, kept, answers = DrivenClock(), Kept(), threading.Event()

    def slow() -> Reading:
        answers.wait(30)
        return Reading(reason="done", cause=GapCause.RESPONDER_AWAY)

    first, second = Told(busy, 10_000.0, slow, may_wait=True), Told(kept_waiting, 10.0, lambda: Reading(reason="asked"))
    outlets = Outlets(kept, kept)
    sampler = Sampler([first, second], outlets, clock=clock, allowance=Allowance(1), runner=InThread())
    sampler._grace_s = 0.0
    run_for(sampler, clock, 25)
    assert second.reads == 0
    answers.set()
    while busy not in (kept.samples[-1].reasons if kept.samples else {}):
        run_for(sampler, clock, 1)
        threading.Event().wait(0.001)
    run_for(sampler, clock, 10)
    assert second.reads >= 1


@dataclass
class Day:
    """What a simulated day gave; `blocks` are the memory blocks in use after each hour."""

    kinds: Counter[str] = field(default_factory=Counter)
    blocks: list[int] = field(default_factory=list)


def simulated_day(disk: FakeDisk) -> Day:
    """24 hours in which the dongle and the clock misbehave at known times."""
    clock, day = DrivenClock(), Day()
    away_s = range(3 * HOUR_S, 3 * HOUR_S + 600)

    def second() -> int:
        return (clock.monotonic_ns - 1_000_000_000_000) // 1_000_000_000

    def signal() -> Reading:
        if second() in away_s:
            return Reading(reason="the dongle does not answer", cause=GapCause.DEVICE_AWAY)
        return Reading(heard())

    class Counting:
        def sample(self, sample: Sample) -> None:
            day.kinds["sample"] += 1

        def event(self, event: Event | Gap) -> None:
            day.kinds[event.kind.value if isinstance(event, Event) else "gap"] += 1

    def is_over() -> None:
        if second() % HOUR_S == 0:
            gc.collect()
            day.blocks.append(sys.getallocatedblocks())
        if second() == 5 * HOUR_S:
            clock.step(-2.0)

    busy = {second for second in range(24 * HOUR_S) if second % 1000 < 10}
    sources: list[Source] = [ConnectionSource([9000], Told9000(busy)), latency_source(), signal_source(signal)]
    outlets = Outlets(RecordFile(disk), Counting())
    sampler = Sampler(sources, outlets, clock=clock, allowance=Allowance(100_000), runner=AtOnce())
    watch(sampler, clock, is_over, duration_s=24 * HOUR_S)
    return day


class CountedDisk(FakeDisk):
    """Keeps counts instead of bytes, so that only the monitor's own memory is measured."""

    def __init__(self) -> None:
        super().__init__()
        self.samples = 0
        self.bytes = 0
        self.next_number = 0

    def append(self, data: bytes) -> int:
        if data.startswith(b'{"record":"sample"'):
            number = int(data.partition(b'"number":')[2].partition(b",")[0])
            assert number == self.next_number
            self.next_number += 1
            self.samples += 1
        self.bytes += len(data)
        return len(data)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_day_loses_no_sample_and_takes_no_more_memory_than_an_hour() -> None:
    disk = CountedDisk()
    day = simulated_day(disk)
    # Looks at everything each 10 s: 8640. In the first ten of each thousand seconds the connection tells the latency;
    # of these, one in ten falls on a look at everything: 86 full stretches of 10 and one of 10 at 86 000.
    assert disk.samples == 8640 + 87 * 9
    assert day.kinds == {
        "sample": 8640 + 87 * 9,
        "connection_opened": 1,
        "device_away": 1,
        "device_back": 1,
        "gap": 1,
        "clock_step": 1,
        "session_end": 1,
    }
    # One block kept for each look of 23 hours would be 8280 of them.
    assert day.blocks[-1] - day.blocks[1] < 1000
