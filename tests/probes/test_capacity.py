"""The whole capacity probe over a link that exists only as arithmetic: no sockets, no time, nothing that can be busy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from perfkit_probes.base import CapacityResult, Confidence
from perfkit_probes.budget import Budget, Meter, Truncation
from perfkit_probes.capacity import PACKET_BYTES, CapacityPlan, measure_capacity
from perfkit_probes.control import Message
from perfkit_probes.emulators.link_shaper import SETTINGS, LinkSetting, Shaper
from perfkit_probes.stamps import Received
from perfkit_probes.wire import Datagram, Kind, train
from tests.probes.links import FakeClock

FAR_CLOCK_NS = 77_000_000_000_000
"""How far the responder's clock is ahead."""


def as_due(due_s: float) -> float:
    return due_s


class SimulatedSession:
    """What the probe needs of a `LinkSession`; `seen_up` and `seen_down` say when an arrival is seen at either end."""

    udp_reason = None

    def __init__(
        self, setting: LinkSetting, *, seen_up: Callable[[float], float], seen_down: Callable[[float], float]
    ) -> None:
        self.clock = FakeClock()
        self.meter = Meter(Budget(10_000_000, 600.0), self.clock)
        self.udp, self.cookie, self.rounds = object(), bytes(8), 1
        self._up, self._down = Shaper(setting, 1), Shaper(setting, 2)
        self._seen_up, self._seen_down = seen_up, seen_down
        self._at_responder: dict[int, dict[int, int]] = {}
        self._coming: list[tuple[int, Datagram]] = []
        self._questions: list[dict[str, Any]] = []

    def acknowledge(self) -> None:
        pass

    def account(self) -> None:
        pass

    def send_datagram(self, datagram: Datagram, ip_bytes: int) -> tuple[int, int]:
        self.clock.sleep(30e-6)
        left_ns = self.clock.now_ns
        self.meter.count_sent(ip_bytes)
        due_s = self._up.admit(left_ns / 1e9, ip_bytes)
        if due_s is not None:
            seen_ns = int(self._seen_up(due_s) * 1e9)
            seen = self._at_responder.setdefault(datagram.first, {})
            if not seen:
                self._answer(datagram, seen_ns, ip_bytes)
            seen[datagram.sequence] = seen_ns + FAR_CLOCK_NS
        return left_ns, 0

    def _answer(self, datagram: Datagram, now_ns: int, ip_bytes: int) -> None:
        for index in range(datagram.second):
            left_ns = now_ns + index * 30_000
            due_s = self._down.admit(left_ns / 1e9, ip_bytes)
            if due_s is not None:
                answer = train(
                    bytes(8), index, number=datagram.first, packets=datagram.second, send_ns=left_ns + FAR_CLOCK_NS
                )
                self._coming.append((int(self._seen_down(due_s) * 1e9), answer))

    def receive_datagram(self, timeout_s: float) -> tuple[Datagram, Received] | None:
        deadline_ns = self.clock.now_ns + int(timeout_s * 1e9)
        if not self._coming or self._coming[0][0] > deadline_ns:
            self.clock.sleep(timeout_s)
            return None
        stamp_ns, datagram = self._coming.pop(0)
        self.clock.now_ns = max(self.clock.now_ns, stamp_ns)
        self.meter.count_received(PACKET_BYTES)
        return datagram, Received(b"", ("", 0), stamp_ns, self.clock.now_ns, by_kernel=True)

    def send(self, data: str) -> None:
        self._questions.append(json.loads(data))

    def expect(self, kind: str, timeout_s: float) -> Message:
        assert kind == "train"
        assert timeout_s > 0
        question = self._questions.pop(0)
        seen = self._at_responder.get(question["round"], {})
        first_ns = min(seen.values(), default=0)
        stamps = [seen[index] - first_ns if index in seen else None for index in range(question["packets"])]
        return {"type": "train", "first_ns": first_ns, "stamps": stamps}


def measured(
    setting: LinkSetting,
    plan: CapacityPlan | None = None,
    *,
    seen_up: Callable[[float], float] = as_due,
    seen_down: Callable[[float], float] = as_due,
) -> CapacityResult:
    session = SimulatedSession(setting, seen_up=seen_up, seen_down=seen_down)
    return measure_capacity(session, plan)  # type: ignore[arg-type] # a stand-in with the methods that are used


def held_up_from(begins_s: float, ends_s: float) -> Callable[[float], float]:
    """A host that hands over in one burst at `ends_s` what arrives in the meantime."""
    burst = iter(range(1_000_000))

    def seen(due_s: float) -> float:
        return ends_s + next(burst) * 8e-6 if begins_s <= due_s < ends_s else due_s

    return seen


@pytest.mark.parametrize(
    ("name", "most_bytes"), [("gprs", 32_000), ("edge", 105_000), ("3g", 400_000), ("lte", 400_000)]
)
def test_both_directions_are_exact_within_their_bytes(name: str, most_bytes: int) -> None:
    found = measured(SETTINGS[name])
    for direction in (found.up, found.down):
        assert direction.sustained_kB_s == pytest.approx(SETTINGS[name].rate_bytes_s / 1000, rel=0.001)
        assert (direction.confidence, direction.loss, direction.reason) == (Confidence.HIGH, 0.0, None)
        assert direction.ip_bytes * 2 == found.ip_bytes
    assert found.ip_bytes <= most_bytes


def test_jitter_on_gprs_costs_no_more_than_a_clean_link() -> None:
    found = measured(LinkSetting(5_000, 0.4, 30_000, jitter_s=0.1))
    assert found.ip_bytes <= 32_000
    for direction in (found.up, found.down):
        assert direction.sustained_kB_s == pytest.approx(5.0, rel=0.04)
        assert direction.confidence is Confidence.MEDIUM


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_train_that_one_end_hands_over_in_a_burst_is_no_fast_link(way: str) -> None:
    plain = measured(SETTINGS["3g"])
    # The trains of 3, 9, 27 and 81 packets take 0.55 s; whatever comes between is late and comes 8 us apart.
    end_s = FakeClock().now_ns / 1e9 + plain.seconds
    for begins_s in (end_s - 0.9, end_s - 0.7, end_s - 0.5, end_s - 0.4, end_s - 0.3):
        seen = held_up_from(begins_s, begins_s + 0.35)
        found = measured(SETTINGS["3g"], seen_up=seen) if way == "up" else measured(SETTINGS["3g"], seen_down=seen)
        disturbed, undisturbed = (found.up, found.down) if way == "up" else (found.down, found.up)
        assert undisturbed.sustained_kB_s == pytest.approx(400, rel=0.001)
        if disturbed.confidence is Confidence.LOW:
            assert disturbed.sustained_kB_s is None or disturbed.sustained_kB_s < 1200
        else:
            assert disturbed.sustained_kB_s == pytest.approx(400, rel=0.03)


def test_a_probe_that_runs_out_of_bytes_says_so() -> None:
    found = measured(SETTINGS["3g"], CapacityPlan(max_bytes=40_000))
    assert found.truncated is Truncation.BYTES
    assert found.ip_bytes <= 40_000


def test_no_room_for_a_train_is_a_reason() -> None:
    found = measured(SETTINGS["3g"], CapacityPlan(max_bytes=3_000))
    assert (found.up.sustained_kB_s, found.up.loss, found.ip_bytes) == (None, None, 0)
    assert found.up.reason == "the budget left no room for a train"


def test_the_kind_of_a_stranger_is_passed_over() -> None:
    class Chatty(SimulatedSession):
        def receive_datagram(self, timeout_s: float) -> tuple[Datagram, Received] | None:
            if self.clock.now_ns % 7 == 0:
                self.clock.sleep(1e-6)
                return Datagram(Kind.ECHO_REPLY, bytes(8), 0), Received(
                    b"", ("", 0), self.clock.now_ns, 0, by_kernel=True
                )
            return super().receive_datagram(timeout_s)

    session = Chatty(SETTINGS["3g"], seen_up=as_due, seen_down=as_due)
    found = measure_capacity(session)  # type: ignore[arg-type]
    assert found.down.sustained_kB_s == pytest.approx(400, rel=0.001)
