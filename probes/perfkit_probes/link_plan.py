"""What is measured of a link for which price: one plan per technology, fixed before the first packet."""

from __future__ import annotations

from dataclasses import replace

from perfkit.core.errors import UsageError
from perfkit_probes.budget import BUDGETS, WIRED
from perfkit_probes.capacity import CapacityPlan
from perfkit_probes.goodput import GoodputPlan
from perfkit_probes.latency import LatencyPlan
from perfkit_probes.link import LinkPlan

# The gate's question must have an answer: 42 to 82 kB, and 5 kB for the dialogue and the round trips.
_GATE_BYTES = 87_000
# Shares of the budget for information: trains (both directions), and a stream (each direction) where that is worth it.
_CAPACITY_SHARE, _STREAM_SHARE = 0.32, 0.25
_MAX_CAPACITY_BYTES = 400_000
_MIN_STREAM_BYTES = 50_000
# What a stream needs at most to settle; on 2G there is none, since it would cost as much as all the rest.
_STREAM_BYTES = {"3g": 200_000, "4g": 2_000_000, WIRED: 4_000_000}
# A radio may need to be woken up after so much silence; OCPP is silent most of the time.
_SILENCE_S = 15.0
_SMALLEST_BUDGET_BYTES = 10_000


def plan_for(technology: str, *, max_bytes: int | None = None, is_quick: bool = False) -> LinkPlan:
    """The plan for "2g", "3g", "4g" or "wired" within `max_bytes`; a quick one answers the gate's questions only.

    Raises:
        UsageError: `max_bytes` is too small for any measurement.
    """
    budget = BUDGETS[technology]
    if max_bytes is not None:
        if max_bytes < _SMALLEST_BUDGET_BYTES:
            raise UsageError(
                f"--max-bytes {max_bytes} allows no measurement: "
                f"the gate needs about {_GATE_BYTES} bytes per technology"
            )
        budget = replace(budget, max_bytes=max_bytes)
    if is_quick:
        return LinkPlan(budget, capacity=None, goodput=None)
    stream_bytes = min(_STREAM_BYTES.get(technology, 0), int(budget.max_bytes * _STREAM_SHARE))
    return LinkPlan(
        budget,
        latency=LatencyPlan(silence_s=0.0 if technology == WIRED else _SILENCE_S),
        capacity=CapacityPlan(max_bytes=min(_MAX_CAPACITY_BYTES, int(budget.max_bytes * _CAPACITY_SHARE))),
        goodput=GoodputPlan(max_bytes=stream_bytes) if stream_bytes >= _MIN_STREAM_BYTES else None,
    )
