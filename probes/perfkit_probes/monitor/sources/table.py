"""The table of sources: what the monitor looks at, in the order of the fields of a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfkit_probes.monitor.allowance import Allowance
from perfkit_probes.monitor.plan import MonitorPlan
from perfkit_probes.monitor.radio_link import RadioLink
from perfkit_probes.monitor.responder_link import ResponderLink, Way
from perfkit_probes.monitor.sources import connections
from perfkit_probes.monitor.sources.bandwidth import BandwidthSource
from perfkit_probes.monitor.sources.base import Source
from perfkit_probes.monitor.sources.clock_state import PERIOD_S as CLOCK_PERIOD_S
from perfkit_probes.monitor.sources.clock_state import ClockSource
from perfkit_probes.monitor.sources.connections import ConnectionSource
from perfkit_probes.monitor.sources.interface import InterfaceSource
from perfkit_probes.monitor.sources.probe import ProbeSource
from perfkit_probes.monitor.sources.signal import SignalSource
from perfkit_probes.monitor.sources.silence import SilenceSource
from perfkit_probes.path import LinkPath


@dataclass(frozen=True, slots=True)
class Setup:
    """What sources are made of. `radio` is None where no device was asked for."""

    plan: MonitorPlan
    allowance: Allowance
    radio: RadioLink | None

    def interface(self) -> str | None:
        """The interface that packets leave through at present, None where the system chooses."""
        named = self.plan.interface
        return named or (self.radio.interface if self.radio is not None else None)

    def path(self) -> LinkPath | None:
        """How packets leave, None while the device is away."""
        return LinkPath(interface=self.plan.interface) if self.radio is None else self.radio.path

    def responder_link(self) -> ResponderLink | None:
        """A way to the responder of its own for one source, None where none was named."""
        target = self.plan.target
        return None if target is None else ResponderLink(Way(target, self.path, self.plan.key), self.allowance)


def _connections(setup: Setup) -> Source | str:
    if not setup.plan.ports:
        return "not asked for (--ocpp-port)"
    return connections.why_not() or ConnectionSource(setup.plan.ports)


def _latency(setup: Setup) -> Source | str:
    link = setup.responder_link()
    if link is not None:
        return ProbeSource(link, setup.plan.interval_s)
    return SilenceSource(setup.plan.interval_s) if setup.plan.ports else "no responder was named (--to)"


def _signal(setup: Setup) -> Source | str:
    if setup.radio is None:
        return "no radio device was named (--dongle)"
    return SignalSource(setup.radio, setup.plan.interval_s)


def _interface(setup: Setup) -> Source | str:
    if setup.plan.interface is None and setup.radio is None:
        return "no interface was named (--interface)"
    return InterfaceSource(setup.interface, setup.plan.interval_s)


def _clock(setup: Setup) -> Source | str:
    return ClockSource(max(CLOCK_PERIOD_S, setup.plan.interval_s))


def _bandwidth(setup: Setup) -> Source | str:
    link, period_s = setup.responder_link(), setup.plan.bandwidth_interval_s
    if link is None or period_s is None:
        return "not asked for (--bandwidth-every)"
    return BandwidthSource(link, period_s)


# One line per source: the field of the sample it fills, and what makes it, or says why it is left out.
SOURCES: dict[str, Callable[[Setup], Source | str]] = {
    "connections": _connections,
    "latency": _latency,
    "signal": _signal,
    "interface": _interface,
    "clock": _clock,
    "bandwidth": _bandwidth,
}


def sources_of(setup: Setup) -> tuple[list[Source], dict[str, str]]:
    """The sources that the plan asks for, and by field why the others are left out."""
    made = {name: make(setup) for name, make in SOURCES.items()}
    sources = [one for one in made.values() if not isinstance(one, str)]
    return sources, {name: one for name, one in made.items() if isinstance(one, str)}
