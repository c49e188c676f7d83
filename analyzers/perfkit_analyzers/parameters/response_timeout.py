"""OCPP response timeout: from a CALL of the tool to the DUT's answer (docs/method.md 4)."""

from __future__ import annotations

from perfkit.core.policy import Inclusion
from perfkit_analyzers.exchange import Exchange
from perfkit_analyzers.ledger import Part
from perfkit_analyzers.message import Role
from perfkit_analyzers.parameters.base import Collector, RunContext
from perfkit_analyzers.responses import response_row
from perfkit_analyzers.yields import Yield

key = "response_timeout"
name = "OCPP response timeout"
definition = "The response time for when waiting for an OCPP response message."
clause = "8.2.1, A.4"
roles = frozenset({Role.CHARGING_STATION, Role.CSMS})
yields = (Yield("any request", ("every test case",)),)


class ResponseCollector(Collector):
    """One row per CALL of the tool."""

    def __init__(self, context: RunContext) -> None:
        """Add rows to the context's ledger."""
        super().__init__()
        self._ledger = context.ledger
        self._station = context.station
        self._errors_apart = context.policy.call_errors is Inclusion.EXCLUDE
        self._parts: dict[str, Part] = {}

    def exchanged(self, exchange: Exchange) -> None:
        """Add the row of an ended CALL."""
        call = exchange.call
        if exchange.is_plain:
            part = self._part(call.action or "")
            if self._ledger.count(part, exchange.end_ns - call.stamp_ns, exchange.flags):
                return
        self._ledger.add(response_row(key, exchange, phase=self._station.phase, errors_apart=self._errors_apart))

    def _part(self, action: str) -> Part:
        part = self._parts.get(action)
        if part is None:
            part = self._parts[action] = self._ledger.part((key, action, False))
        return part


def collector(context: RunContext) -> Collector:
    """Collector of one run."""
    return ResponseCollector(context)
