"""All probes of one link in their order, within one budget: what `perfkit network` runs for each technology.

Order: connect; idle latency; the gate's bandwidth question; capacity; goodput. Each probe fills the link's queue less
than the next, and before the stream, which follows full queues, the round trip is waited back to normal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from perfkit.core.errors import ProbeError
from perfkit_probes.base import (
    GATE_LATENCY_MS,
    CapacityResult,
    GoodputResult,
    LatencyResult,
    RequireResult,
    RequireVerdict,
)
from perfkit_probes.budget import Budget, Meter, Spent, Truncation
from perfkit_probes.capacity import CapacityPlan, measure_capacity
from perfkit_probes.clock import SystemClock
from perfkit_probes.goodput import GoodputPlan, measure_goodput
from perfkit_probes.latency import LatencyPlan, measure_latency, settle
from perfkit_probes.path import LinkPath, PathProof, Target, prove
from perfkit_probes.require import RequirePlan, measure_require
from perfkit_probes.session import LinkSession, open_session


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What to measure and for how much; None leaves a probe out."""

    budget: Budget
    latency: LatencyPlan = field(default_factory=LatencyPlan)
    require: RequirePlan | None = field(default_factory=RequirePlan)
    capacity: CapacityPlan | None = field(default_factory=CapacityPlan)
    goodput: GoodputPlan | None = field(default_factory=GoodputPlan)


@dataclass(frozen=True, slots=True)
class LinkResult:
    """What was measured; a probe that was left out or broke off is None, and `reasons` says why under its name.

    `udp_reason` is None where UDP reached the responder. `address` is the responder's address that answered.
    """

    target: Target
    address: str
    latency: LatencyResult | None
    require: RequireResult | None
    capacity: CapacityResult | None
    goodput: GoodputResult | None
    reasons: dict[str, str]
    udp_reason: str | None
    spent: Spent
    proof: PathProof

    @property
    def truncated(self) -> Truncation | None:
        """The cap that cut a probe of the gate short or left it no room."""
        cut = self.require.truncated if self.require is not None else None
        return cut or self.spent.truncated

    @property
    def meets_latency(self) -> bool | None:
        """Whether the median idle round trip is within the gate, None when it was not measured."""
        median_ms = self.latency.idle.median_ms if self.latency is not None else None
        return None if median_ms is None else median_ms <= GATE_LATENCY_MS

    @property
    def meets_bandwidth(self) -> bool | None:
        """Whether both directions carry the required payload, None when that was not decided."""
        if self.require is None or self.require.verdict is RequireVerdict.UNDECIDED:
            return None
        return self.require.verdict is RequireVerdict.MET


@dataclass(frozen=True, slots=True)
class LinkProgress:
    """A step that begins, and the meter that tells while it runs what the measurement has used."""

    step: str
    meter: Meter


Watch = Callable[[LinkProgress], None]


def measure_link(
    target: Target,
    path: LinkPath,
    plan: LinkPlan,
    *,
    key: str | None = None,
    watch: Watch | None = None,
) -> LinkResult:
    """Everything that the plan asks for, over `path`, as far as the link holds.

    Raises:
        ProbeError: The responder cannot be reached or is not one. What fails later is in the result's `reasons`.
    """
    used = SystemClock()
    meter = Meter(plan.budget, used)
    before = path.read_counters()
    _say(watch, "connect", meter)
    with open_session(target, path, meter=meter, key=key, clock=used) as session:
        run = _Run(session, path, plan, watch)
        run.all()
        address, udp_reason = str(session.endpoint[1][0]), session.udp_reason
    spent = meter.spent()
    proof = prove(path, before, path.read_counters(), sent=spent.sent_bytes, received=spent.received_bytes)
    return LinkResult(
        target=target,
        address=address,
        latency=run.latency,
        require=run.require,
        capacity=run.capacity,
        goodput=run.goodput,
        reasons=run.reasons,
        udp_reason=udp_reason,
        spent=spent,
        proof=proof,
    )


def _say(watch: Watch | None, step: str, meter: Meter) -> None:
    if watch is not None:
        watch(LinkProgress(step, meter))


class _Run:
    """The probes of one session."""

    def __init__(self, session: LinkSession, path: LinkPath, plan: LinkPlan, watch: Watch | None) -> None:
        self._session = session
        self._path = path
        self._plan = plan
        self._watch = watch
        self._is_broken = False
        self.latency: LatencyResult | None = None
        self.require: RequireResult | None = None
        self.capacity: CapacityResult | None = None
        self.goodput: GoodputResult | None = None
        self.reasons: dict[str, str] = {}

    def all(self) -> None:
        """Run what the plan names, in order; the first probe that breaks off ends the session."""
        plan, session = self._plan, self._session
        with self._step("latency", plan.latency) as wanted:
            if wanted:
                self.latency = measure_latency(session, self._path, plan.latency)
        with self._step("require", plan.require) as wanted:
            if wanted:
                self.require = measure_require(session, plan.require)
                self._add_row("at_required_load")
        with self._step("capacity", plan.capacity) as wanted:
            if wanted:
                # Nothing to settle: the end of the paced streams was told through both queues behind all their packets.
                self.capacity = measure_capacity(session, plan.capacity)
        with self._step("goodput", plan.goodput) as wanted:
            if wanted:
                self._settle()
                self.goodput = measure_goodput(session, plan.goodput)
                self._add_row("under_saturation")

    @contextmanager
    def _step(self, name: str, plan: object) -> Iterator[bool]:
        """Whether to run a probe; an error of it is kept under its name."""
        wanted = plan is not None and not self._is_broken
        if plan is None:
            self.reasons[name] = "left out by the plan"
        elif self._is_broken:
            self.reasons[name] = "the link broke off before"
        else:
            _say(self._watch, name, self._session.meter)
        try:
            yield wanted
        except ProbeError as error:
            self.reasons[name] = str(error)
            self._is_broken = True
        finally:
            self._session.account()

    def _settle(self) -> None:
        """Wait until the queue that the probe before has built up is gone."""
        idle_ms = self.latency.idle.median_ms if self.latency is not None else None
        if idle_ms is not None:
            settle(self._session, idle_ms)

    def _add_row(self, name: str) -> None:
        """Enter the round trips under load into the latency table."""
        if self.latency is None:
            return
        if name == "at_required_load" and self.require is not None:
            self.latency = replace(self.latency, at_required_load=self.require.latency)
        elif name == "under_saturation" and self.goodput is not None:
            self.latency = replace(self.latency, under_saturation=self.goodput.latency)
