"""What the network interface has counted (Linux)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from perfkit.core.monitor_record import GapCause, InterfaceCount
from perfkit_probes.monitor.sources.base import Reading

_TABLE = Path("/proc/thread-self/net/dev")
_FIELDS = 16


class InterfaceSource:
    """The counters of the interface that `name_of` tells (None: not known at present)."""

    name = "interface"
    may_wait = False

    def __init__(self, name_of: Callable[[], str | None], period_s: float, table: Path = _TABLE) -> None:
        self.period_s = period_s
        self._name_of = name_of
        self._table = table

    def read(self) -> Reading:
        """The counters now."""
        interface = self._name_of()
        if interface is None:
            return Reading(reason="the interface is not known", cause=GapCause.NOT_TOLD, is_news=False)
        try:
            text = self._table.read_text(encoding="ascii", errors="replace")
        except OSError:
            reason = "this system does not show the counters of interfaces"
            return Reading(reason=reason, cause=GapCause.NOT_TOLD, is_news=False)
        count = parse_interface(text, interface)
        if count is None:
            reason = f"there is no interface {interface} at present"
            return Reading(reason=reason, cause=GapCause.DEVICE_AWAY, is_news=False)
        return Reading(count, is_news=False)

    def close(self) -> None:
        """Nothing is held."""


def parse_interface(table: str, interface: str) -> InterfaceCount | None:
    """The counters of `interface` in the text of /proc/net/dev, None where it has no line."""
    # eth1: bytes packets errs drop fifo frame compressed multicast  bytes packets errs drop fifo colls carrier comp.
    for line in table.splitlines():
        name, colon, numbers = line.partition(":")
        fields = numbers.split()
        if colon and name.strip() == interface and len(fields) >= _FIELDS:
            count = [int(field) for field in fields]
            return InterfaceCount(
                name=interface,
                received_bytes=count[0],
                sent_bytes=count[8],
                received_packets=count[1],
                sent_packets=count[9],
                errors=count[2] + count[10],
                dropped=count[3] + count[11],
            )
    return None
