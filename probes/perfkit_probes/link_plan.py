"""What is measured of a link for which price: one plan per technology, fixed before the first packet."""

from __future__ import annotations

from dataclasses import replace

from perfkit.core.errors import UsageError
from perfkit_probes.base import GATE_BANDWIDTH_KB_S
from perfkit_probes.budget import BUDGETS, WIRED, Budget
from perfkit_probes.capacity import CapacityPlan
from perfkit_probes.goodput import COST_FACTOR, GoodputPlan
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
# A stream of a sustained test: as long as it takes at the gate's rate, and a reserve. No batch is asked for after
# _LONGEST_STREAM_S; the last one takes up to _LAST_BATCH_S at the gate's rate.
_SUSTAINED_RESERVE_S, _LONGEST_STREAM_S, _LAST_BATCH_S = 10.0, 40.0, 20.0


def plan_for(
    technology: str, *, max_bytes: int | None = None, is_quick: bool = False, sustained_kilobytes: int | None = None
) -> LinkPlan:
    """The plan for "2g", "3g", "4g" or "wired" within `max_bytes`; a quick one answers the gate's questions only.

    With `sustained_kilobytes` so much payload is sent each way in place of the short stream; the budget grows by it.

    Raises:
        UsageError: `max_bytes` is too small for any measurement, or for the sustained stream.
    """
    budget = BUDGETS[technology]
    if sustained_kilobytes is not None:
        return _sustained(technology, sustained_kilobytes, max_bytes)
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


def _sustained(technology: str, kilobytes: int, max_bytes: int | None) -> LinkPlan:
    """The usual plan with a long stream in place of the short one; `max_bytes` must hold both."""
    usual = plan_for(technology)
    stream_bytes = kilobytes * 1000
    stream_s = min(_LONGEST_STREAM_S, kilobytes / GATE_BANDWIDTH_KB_S + _SUSTAINED_RESERVE_S)
    short_bytes = usual.goodput.max_bytes if usual.goodput is not None else 0
    needed_bytes = usual.budget.max_bytes + int(2 * COST_FACTOR * max(0, stream_bytes - short_bytes))
    if max_bytes is not None and max_bytes < needed_bytes:
        raise UsageError(
            f"--max-bytes {max_bytes} is too little for --sustained {kilobytes}: with the other probes of "
            f"{technology} that is up to {needed_bytes} bytes; allow them, or send less"
        )
    return replace(
        usual,
        budget=Budget(needed_bytes, usual.budget.max_seconds + 2 * (stream_s + _LAST_BATCH_S)),
        goodput=GoodputPlan(stream_bytes, stream_s, is_sustained=True),
    )
