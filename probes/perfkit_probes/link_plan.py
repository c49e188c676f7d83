"""What is measured of a link for which price: one plan per technology, fixed before the first packet."""

from __future__ import annotations

from dataclasses import replace

from perfkit.core.errors import UsageError
from perfkit_probes.budget import Budget
from perfkit_probes.capacity import CapacityPlan
from perfkit_probes.link import LinkPlan, default_plan

WIRED = "wired"
# IP bytes in both directions for all probes of one technology, unless --max-bytes says otherwise.
MAX_BYTES = {"2g": 100_000, "3g": 1_000_000, "4g": 4_000_000, WIRED: 10_000_000}
# The gate's question must have an answer: 42 to 82 kB, and 5 kB for the dialogue and the round trips.
_GATE_BYTES = 87_000
_CAPACITY_SHARE, _STREAM_SHARE = 0.32, 0.25
_MAX_CAPACITY_BYTES = 400_000
_MIN_STREAM_BYTES = 50_000
# A radio may need to be woken up after so much silence; OCPP is silent most of the time.
_SILENCE_S = 15.0
_SMALLEST_BUDGET_BYTES = 10_000


def plan_for(technology: str, *, max_bytes: int | None = None, is_quick: bool = False) -> LinkPlan:
    """The plan for "2g", "3g", "4g" or "wired" within `max_bytes`; a quick one answers the gate's questions only.

    Capacity and goodput are information: they get shares of the budget, and the stream only where its share is worth
    the while.

    Raises:
        UsageError: `max_bytes` is too small for any measurement.
    """
    allowed = MAX_BYTES[technology] if max_bytes is None else max_bytes
    if allowed < _SMALLEST_BUDGET_BYTES:
        raise UsageError(
            f"--max-bytes {allowed} allows no measurement: the gate needs about {_GATE_BYTES} bytes per technology"
        )
    plan = default_plan(technology)
    budget = Budget(allowed, plan.budget.max_seconds)
    if is_quick:
        return replace(plan, budget=budget, capacity=None, goodput=None)
    latency = plan.latency if technology == WIRED else replace(plan.latency, silence_s=_SILENCE_S)
    capacity = CapacityPlan(max_bytes=min(_MAX_CAPACITY_BYTES, int(allowed * _CAPACITY_SHARE)))
    stream_bytes = int(allowed * _STREAM_SHARE)
    goodput = plan.goodput
    if goodput is not None:
        is_worth = stream_bytes >= _MIN_STREAM_BYTES
        goodput = replace(goodput, max_bytes=min(goodput.max_bytes, stream_bytes)) if is_worth else None
    return replace(plan, budget=budget, latency=latency, capacity=capacity, goodput=goodput)
