"""Emulated dongles that run fast, and drivers whose clock runs as fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from perfkit_probes.emulators.at import AtEmulator, AtOptions
from perfkit_probes.emulators.hilink import HilinkEmulator, HilinkOptions
from perfkit_probes.emulators.radio import EmulatedRadio, Fault
from perfkit_probes.radio.at_modem.device import AtDevice
from perfkit_probes.radio.at_modem.transport import SerialTransport
from perfkit_probes.radio.base import Clock, RadioDevice
from perfkit_probes.radio.hilink.device import HilinkDevice
from perfkit_probes.radio.hilink.transport import HttpLimits

SPEED = 400.0
# The drivers' pauses are short, half as fast as the dongle; their deadlines are ten times more patient than the dongle is
# quick, so that a busy machine does not turn them into results.
CLOCK = Clock(Clock.scaled(SPEED / 10).monotonic, Clock.scaled(SPEED / 2).sleep)
# Answers are waited for in real time, as long as a busy machine needs; what never answers has limits of its own.
LIMITS = HttpLimits(connect_s=15, read_s=15, total_s=30)


@dataclass(frozen=True)
class Bench:
    """One emulated dongle and how to open it."""

    kind: str
    radio: EmulatedRadio
    open_device: Callable[[], RadioDevice]
    settings: Callable[[], tuple[str, ...]]
    uri: str


@contextmanager
def hilink_bench(*faults: Fault, **options: object) -> Iterator[Bench]:
    chosen = HilinkOptions(speed=SPEED, faults=frozenset(faults), **{"hide_signal": False, **options})  # type: ignore[arg-type]
    with HilinkEmulator(chosen) as emulator:

        def settings() -> tuple[str, ...]:
            now = emulator.settings
            return now.mode, now.band, now.lte_band

        def open_device() -> RadioDevice:
            return HilinkDevice(emulator.url, clock=CLOCK, limits=LIMITS)

        yield Bench("hilink", emulator.radio, open_device, settings, emulator.url)


@contextmanager
def at_bench(*faults: Fault, **options: object) -> Iterator[Bench]:
    with AtEmulator(AtOptions(speed=SPEED, faults=frozenset(faults), **options)) as emulator:  # type: ignore[arg-type]

        def settings() -> tuple[str, ...]:
            now = emulator.settings
            return now.order, now.band, now.roam, now.domain, now.lte_band

        def open_device() -> RadioDevice:
            csq_timeout_s = 0.05 if Fault.CSQ_MUTE in faults else 3.0
            return AtDevice(SerialTransport(str(emulator.port)), clock=CLOCK, csq_timeout_s=csq_timeout_s)

        yield Bench("at", emulator.radio, open_device, settings, emulator.uri)


BENCHES = {"hilink": hilink_bench, "at": at_bench}
