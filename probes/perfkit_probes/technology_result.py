"""One pass over the link, from what was found to its entry in the result document with verdicts and advice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from perfkit.core.network_record import (
    Cost,
    Limits,
    Outcome,
    PublicReference,
    Reasons,
    Rssi,
    TechnologyResult,
    Verdict,
    Verdicts,
)
from perfkit_probes import gate
from perfkit_probes.budget import Budget
from perfkit_probes.link import LinkResult
from perfkit_probes.link_record import bandwidth_record, latency_record

NO_TARGET = "no responder was named; --to HOST[:PORT] adds it"


@dataclass(slots=True)
class Found:
    """What a pass has found so far; what it did not come to stays None."""

    technology: str
    started: datetime
    is_mobile: bool
    has_target: bool
    outcome: Outcome = Outcome.MEASURED
    reason: str | None = None
    seconds: float = 0.0
    switch_s: float | None = None
    operator: str | None = None
    rat: str | None = None
    rssi: Rssi | None = None
    budget: Budget | None = None
    link: LinkResult | None = None
    cost: Cost | None = None
    reference: PublicReference | None = None
    extra_bytes: int = field(default=0)

    def fail(self, reason: str) -> None:
        """Keep why the pass ended early; what was found before stays."""
        self.outcome, self.reason = Outcome.ERROR, reason


def technology_result(found: Found) -> TechnologyResult:
    """The entry of the document."""
    link = found.link
    verdicts, reasons = _judged(found)
    spent_bytes = link.spent.total_bytes if link is not None else 0
    has_advice = found.outcome is not Outcome.NO_SERVICE
    return TechnologyResult(
        technology=found.technology,
        label=None,
        operator=found.operator,
        rat=found.rat,
        started=found.started.isoformat(timespec="milliseconds"),
        seconds=found.seconds,
        switch_seconds=found.switch_s,
        outcome=found.outcome,
        reason=found.reason,
        rssi=found.rssi,
        latency=latency_record(link.latency) if link is not None and link.latency is not None else None,
        bandwidth=bandwidth_record(link) if link is not None else None,
        public_reference=found.reference,
        verdicts=verdicts,
        reasons=reasons,
        gate=gate.gate_of(verdicts),
        advice=gate.advice(found.technology, verdicts, reasons, has_target=found.has_target, rssi=found.rssi)
        if has_advice
        else [],
        budget=_limits(found),
        bytes_used=spent_bytes + found.extra_bytes,
        cost=found.cost,
    )


def _limits(found: Found) -> Limits | None:
    if found.budget is None:
        return None
    cut = found.link.truncated if found.link is not None else None
    return Limits(found.budget.max_bytes, found.budget.max_seconds, None if cut is None else cut.value)


def _judged(found: Found) -> tuple[Verdicts, Reasons]:
    if found.outcome is Outcome.NO_SERVICE:
        return gate.without_service(found.reason or "no service")
    rssi = gate.judge_rssi(found.rssi, is_mobile=found.is_mobile)
    if found.is_mobile and found.rssi is None and found.reason is not None:
        rssi = gate.Judgement(Verdict.NOT_MEASURED, found.reason)
    link, why_not = found.link, found.reason or (None if found.has_target else NO_TARGET)
    if link is None:
        return gate.verdicts_of(
            gate.judge_bandwidth(None, why_not=why_not), gate.judge_latency(None, why_not=why_not), rssi
        )
    if found.cost is not None and found.cost.path_proven is False:
        refused = gate.Judgement(Verdict.NOT_MEASURED, found.cost.path)
        return gate.verdicts_of(refused, refused, rssi)
    latency = latency_record(link.latency) if link.latency is not None else None
    return gate.verdicts_of(
        gate.judge_bandwidth(bandwidth_record(link)),
        gate.judge_latency(latency, why_not=link.reasons.get("latency")),
        rssi,
    )
