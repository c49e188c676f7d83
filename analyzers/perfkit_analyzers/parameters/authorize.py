"""Response time Authorize: from Authorize.req of the tool to the CSMS's answer (docs/method.md 4, R4)."""

from __future__ import annotations

from perfkit.core.policy import Inclusion
from perfkit_analyzers.dialects.facts import Answer, Fact
from perfkit_analyzers.exchange import Ending, Exchange
from perfkit_analyzers.message import Role
from perfkit_analyzers.parameters.base import Collector, RunContext
from perfkit_analyzers.responses import response_row
from perfkit_analyzers.yields import Yield

key = "authorize_response_time"
name = "Response time Authorize"
definition = "The response time for the Authorize message."
clause = "8.2.1, A.4"
roles = frozenset({Role.CSMS})
yields = (
    Yield(
        "Authorize",
        (
            *("TC_003_CSMS", "TC_010_CSMS", "TC_011_1_CSMS", "TC_011_2_CSMS", "TC_023_1_CSMS", "TC_023_2_CSMS"),
            *("TC_023_3_CSMS", "TC_053_CSMS", "TC_059_CSMS"),
            *("TC_004_1_CSMS", "TC_004_2_CSMS", "TC_005_1_CSMS", "TC_007_CSMS"),  # reusable states
        ),
    ),
)


class AuthorizeCollector(Collector):
    """One row per Authorize of the tool, by the status of the answer."""

    def __init__(self, context: RunContext) -> None:
        """Add rows to the context's ledger."""
        super().__init__()
        self.answers_awaited = ("every one",)
        self._context = context

    def answered(self, exchange: Exchange, fact: Fact | None, answer: Answer | None) -> None:
        """Add the row of an answered Authorize."""
        if exchange.call.action == "Authorize":
            status = answer.status if answer else None
            self._row(exchange, f"Authorize/{status}" if status else "Authorize")

    def exchanged(self, exchange: Exchange) -> None:
        """Add the row of an Authorize that ended otherwise."""
        if exchange.ending is not Ending.ANSWERED and exchange.call.action == "Authorize":
            self._row(exchange, "Authorize")

    def _row(self, exchange: Exchange, combination: str) -> None:
        context = self._context
        errors_apart = context.policy.call_errors is Inclusion.EXCLUDE
        phase = context.station.phase
        context.ledger.add(response_row(key, exchange, phase=phase, errors_apart=errors_apart, combination=combination))


def collector(context: RunContext) -> Collector:
    """Collector of one run."""
    return AuthorizeCollector(context)
