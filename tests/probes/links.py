"""Links, clocks and sessions for the tests of the link probes; everything on loopback."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from math import exp

from perfkit_probes.budget import Budget, Meter
from perfkit_probes.clock import Clock, SystemClock
from perfkit_probes.emulators.link_relay import LinkRelay, RelaySetting
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.responder import Responder, ResponderConfig
from perfkit_probes.session import LinkSession, open_session

AMPLE = Budget(20_000_000, 60.0)


class FakeClock:
    """A clock that moves only when told; `step` moves the wall clock alone, as an operator would."""

    def __init__(self) -> None:
        self.now_ns = 5_000_000_000
        self.wall_ns = 1_700_000_000_000_000_000

    def monotonic_ns(self) -> int:
        return self.now_ns

    def realtime_ns(self) -> int:
        return self.wall_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += int(seconds * 1e9)
        self.wall_ns += int(seconds * 1e9)

    def step(self, seconds: float) -> None:
        self.wall_ns += int(seconds * 1e9)


@contextlib.contextmanager
def relayed(up: LinkSetting, down: LinkSetting, *, udp_blocked: bool = False) -> Iterator[tuple[LinkRelay, Responder]]:
    """A responder behind an emulated link; connect to the relay's port."""
    with (
        Responder(ResponderConfig(port=0)) as responder,
        LinkRelay(RelaySetting(up, down, udp_blocked), ("127.0.0.1", responder.port)) as relay,
    ):
        yield relay, responder


@contextlib.contextmanager
def session_to(
    port: int, *, budget: Budget = AMPLE, key: str | None = None, clock: Clock | None = None
) -> Iterator[LinkSession]:
    used = clock or SystemClock()
    meter = Meter(budget, used)
    with open_session(Target("127.0.0.1", port), LinkPath(), meter=meter, key=key, clock=used) as session:
        yield session


def simulated_delays(
    rate_bytes_s: float, noise: str, seed: int, *, packets: int = 200, packet_bytes: int = 528
) -> list[tuple[float, float, float]]:
    """(send s, one-way delay s, arrival s) of packets at ten per second through a link with a queue, without network.

    Noise: "none"; "uniform" 0 to 100 ms; "arq" 5 % of packets come 0.2 to 0.4 s late; "walk" an AR(1) process with a
    standard deviation of 60 ms and a memory of 2 s. Order is kept.
    """
    rng = random.Random(seed)
    free_s = last_s = wander_s = 0.0
    memory = exp(-0.1 / 2)
    found = []
    for index in range(packets):
        sent_s = index * 0.1
        free_s = max(free_s, sent_s) + packet_bytes / rate_bytes_s
        extra_s = 0.0
        if noise == "uniform":
            extra_s = rng.uniform(0, 0.1)
        elif noise == "arq" and rng.random() < 0.05:
            extra_s = rng.uniform(0.2, 0.4)
        elif noise == "walk":
            wander_s = memory * wander_s + rng.gauss(0, 0.06 * (1 - memory * memory) ** 0.5)
            extra_s = wander_s
        last_s = max(last_s, free_s + 0.4 + extra_s)
        found.append((sent_s, last_s - sent_s, last_s))
    return found
