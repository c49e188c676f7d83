"""Probes to a real responder over loopback, some through an emulated link."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from perfkit.core.monitor_record import GapCause, Latency, Origin
from perfkit.core.network_record import Require, Required
from perfkit_probes.clock import SystemClock
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.plan import DEFAULT_INTERVAL_S
from perfkit_probes.monitor.responder_link import OPENING_BYTES, ResponderLink, Way
from perfkit_probes.monitor.sources.bandwidth import MAX_BYTES, BandwidthSource
from perfkit_probes.monitor.sources.probe import _PLAN as PROBE_PLAN
from perfkit_probes.monitor.sources.probe import PROBE_BYTES, ProbeSource
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.require import RequirePlan
from perfkit_probes.responder import Responder, ResponderConfig
from perfkit_probes.responder_session import Caps
from tests.probes.links import relayed

SLOW, NEAR = LinkSetting(1_000_000, 0.1, 60_000), LinkSetting(1_000_000, 0.0, 60_000)


class LeapingClock(SystemClock):
    """The clocks of this computer, which leap ahead when told."""

    def __init__(self) -> None:
        self.leap_ns = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.leap_ns


def link_to(
    port: int,
    *,
    allowance: Allowance | None = None,
    path: LinkPath | None = LinkPath(),  # noqa: B008 - a frozen value
    clock: SystemClock | None = None,
) -> ResponderLink:
    way = Way(Target("127.0.0.1", port), lambda: path)
    return ResponderLink(way, allowance or Allowance(1_000_000), clock)


@contextmanager
def probing(port: int, **options: object) -> Iterator[ProbeSource]:
    source = ProbeSource(link_to(port, **options), 10.0)  # type: ignore[arg-type]
    try:
        yield source
    finally:
        source.close()


def has_session(source: ProbeSource) -> bool:
    return source._link._session is not None


def test_a_round_trip_through_a_link_of_known_delay_names_its_packet() -> None:
    with relayed(SLOW, SLOW) as (relay, _), probing(relay.port) as source:
        value = source.read().value
    assert isinstance(value, Latency)
    assert (value.origin, value.packet_bytes, value.count, value.sent) == (Origin.ACTIVE, 84, 1, 1)
    assert value.value_ms >= 200.0


def test_each_probe_costs_what_was_stated_and_the_session_is_opened_once() -> None:
    allowance = Allowance(1_000_000)
    with Responder(ResponderConfig(port=0)) as responder, probing(responder.port, allowance=allowance) as source:
        source.read()
        opened = allowance.total_bytes
        assert 168 < opened <= OPENING_BYTES + PROBE_BYTES
        source.read()
        source.read()
        assert allowance.total_bytes == opened + 2 * 168  # 84 bytes out, 84 back
        assert responder.sessions.served == 1
    assert allowance.total_bytes <= OPENING_BYTES + 3 * PROBE_BYTES


def test_where_udp_is_blocked_a_ping_is_timed_for_no_more_than_was_stated() -> None:
    allowance = Allowance(1_000_000)
    with relayed(SLOW, SLOW, udp_blocked=True) as (relay, _), probing(relay.port, allowance=allowance) as source:
        source.read()
        opened = allowance.total_bytes
        value = source.read().value
        assert isinstance(value, Latency)
        assert value.method == "WebSocket ping, program's clock"
        assert value.value_ms >= 200.0
        assert 168 < allowance.total_bytes - opened <= PROBE_BYTES


def test_a_session_that_the_responder_has_ended_is_opened_anew_without_a_gap() -> None:
    with Responder(ResponderConfig(port=0, caps=Caps(max_seconds=1.0))) as responder, probing(responder.port) as source:
        assert isinstance(source.read().value, Latency)
        session = source._link._session
        assert session is not None
        while session._connection.close_code is None:  # until its time is over, and known to be
            time.sleep(0.01)
        assert isinstance(source.read().value, Latency)
        assert responder.sessions.served == 2


def test_a_responder_that_is_away_is_left_alone_for_a_while_and_found_again() -> None:
    clock = LeapingClock()
    with Responder(ResponderConfig(port=0)) as responder:
        port = responder.port
    allowance = Allowance(1_000_000)
    with probing(port, allowance=allowance, clock=clock) as source:
        first = source.read()
        spent = allowance.total_bytes
        assert first.cause is GapCause.RESPONDER_AWAY
        assert first.reason is not None
        assert "nothing answers" in first.reason
        assert source.read().reason == first.reason
        assert allowance.total_bytes == spent > 0  # not even tried
        with Responder(ResponderConfig(port=port)):
            clock.leap_ns += 6_000_000_000
            assert isinstance(source.read().value, Latency)


@pytest.mark.parametrize(("patience_s", "is_measured"), [(0.1, False), (8.0, True)])
def test_an_answer_is_waited_for_as_long_as_the_plan_says(
    monkeypatch: pytest.MonkeyPatch, patience_s: float, is_measured: bool
) -> None:
    plan = replace(PROBE_PLAN, patience_s=patience_s)
    monkeypatch.setattr("perfkit_probes.monitor.sources.probe._PLAN", plan)
    far = LinkSetting(1_000_000, 0.2, 60_000)
    with relayed(far, far) as (relay, _), probing(relay.port) as source:
        reading = source.read()
    assert isinstance(reading.value, Latency) is is_measured
    assert reading.reason == (None if is_measured else "no answer to a packet of 84 bytes within 0.1 s")


def test_a_link_whose_queue_is_full_is_slow_and_not_lost() -> None:
    full_gprs_queue_s = 30_000 / 5_000
    assert full_gprs_queue_s + 0.84 < PROBE_PLAN.patience_s < DEFAULT_INTERVAL_S


def test_a_packet_into_the_dark_is_said_and_after_two_the_session_is_opened_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("perfkit_probes.monitor.sources.probe._PLAN", replace(PROBE_PLAN, patience_s=1.5))
    with relayed(NEAR, NEAR) as (relay, responder), probing(relay.port) as source:
        source.read()
        relay.up.setting = LinkSetting(1_000_000, 0.0, queue_bytes=0)  # lets nothing through
        assert source.read().cause is GapCause.NO_ANSWER
        assert has_session(source)
        assert source.read().cause is GapCause.NO_ANSWER
        assert not has_session(source)
        relay.up.setting = NEAR
        assert isinstance(source.read().value, Latency)
        assert responder.sessions.served == 2


def test_without_a_device_or_its_interface_nothing_is_sent() -> None:
    allowance = Allowance(1_000_000)
    with Responder(ResponderConfig(port=0)) as responder:
        with probing(responder.port, allowance=allowance, path=None) as source:
            assert (source.read().cause, source.read().reason) == (GapCause.DEVICE_AWAY, "the dongle does not answer")
        with probing(responder.port, allowance=allowance, path=LinkPath(interface="wwan77")) as source:
            reading = source.read()
            assert (reading.cause, reading.reason) == (
                GapCause.DEVICE_AWAY,
                "there is no interface wwan77 at present",
            )
    assert allowance.total_bytes == 0


def test_the_cap_is_never_exceeded() -> None:
    allowance = Allowance(OPENING_BYTES + PROBE_BYTES)
    with Responder(ResponderConfig(port=0)) as responder, probing(responder.port, allowance=allowance) as source:
        readings = [source.read() for _ in range(20)]
    measured = [one for one in readings if isinstance(one.value, Latency)]
    assert measured
    assert readings[-1].cause is GapCause.CAP_REACHED
    assert readings[-1].reason == f"the cap of {OPENING_BYTES + PROBE_BYTES} bytes per hour is reached"
    # Ending the session is the one thing that is not refused.
    assert allowance.total_bytes <= allowance.max_bytes_per_hour + 300


def test_bandwidth_is_judged_both_ways_and_booked() -> None:
    allowance = Allowance(1_000_000)
    with Responder(ResponderConfig(port=0)) as responder:
        link = link_to(responder.port, allowance=allowance)
        source = BandwidthSource(link, 3600.0, RequirePlan(min_seconds=1.0, max_seconds=6.0))
        value = source.read().value
        assert isinstance(value, Require)
        assert (value.up, value.down, value.kB_s) == (Required.MET, Required.MET, 5.0)
        assert value.bytes <= allowance.total_bytes <= MAX_BYTES + OPENING_BYTES
        short = BandwidthSource(link_to(responder.port, allowance=Allowance(MAX_BYTES)), 3600.0)
        assert short.read().cause is GapCause.CAP_REACHED
