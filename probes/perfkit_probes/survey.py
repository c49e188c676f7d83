"""The whole measurement: each technology of a radio device in turn, or one pass over a link without a device.

For each technology: switch, wait until it is registered and traffic flows, read the signal on the idle link, then the
probes within the budget that was fixed before the first packet, and on to the next. What goes wrong in one technology
is its result and does not keep the others from being measured. The device is put back on every way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from perfkit.core.errors import DeviceError, ProbeError
from perfkit.core.network_record import DeviceInfo, Outcome, TechnologyResult
from perfkit_probes.budget import WIRED, Budget, Meter
from perfkit_probes.clock import SystemClock
from perfkit_probes.device_path import is_loopback, path_through
from perfkit_probes.link import LinkPlan, LinkProgress, measure_link
from perfkit_probes.link_plan import plan_for
from perfkit_probes.link_record import cost_record, device_record, reference_record, rssi_record
from perfkit_probes.path import LinkPath, Target
from perfkit_probes.public_reference import ReferencePlan, measure_public_reference
from perfkit_probes.radio.base import Clock, RadioDevice, SignalReading, Technology, TrafficCounters
from perfkit_probes.radio.switching.guard import ModeGuard, SwitchLimits
from perfkit_probes.radio.switching.guard import Outcome as SwitchOutcome
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.session import open_session
from perfkit_probes.technology_result import Found, technology_result

# What proving that traffic flows may cost; it is taken from the budget of the technology.
_CHECK_BYTES = 8_000
_COUNTER_LOOKS = 3


@dataclass(frozen=True, slots=True)
class SurveyPlan:
    """What to measure. No target: the signal only. No technologies: all that the device offers.

    `is_mobile` says of a link without a device whether an RSSI belongs to it. `plans` are by technology name.
    """

    target: Target | None = None
    technologies: tuple[Technology, ...] = ()
    interface: str | None = None
    is_mobile: bool = False
    max_bytes: int | None = None
    is_quick: bool = False
    sustained_kilobytes: int | None = None
    key: str | None = None
    reference: ReferencePlan | None = None
    plans: Mapping[str, LinkPlan] = field(default_factory=dict)

    def link_plan(self, technology: str) -> LinkPlan:
        """The plan of one technology.

        Raises:
            UsageError: The budget allows no measurement.
        """
        known = self.plans.get(technology)
        return known or plan_for(
            technology,
            max_bytes=self.max_bytes,
            is_quick=self.is_quick,
            sustained_kilobytes=self.sustained_kilobytes,
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of the radio's side; signal readings are spaced as a device renews them, each 3 s."""

    clock: Clock = field(default_factory=Clock)
    limits: SwitchLimits = field(default_factory=SwitchLimits)
    readings: int = 10
    reading_interval_s: float = 3.0
    traffic_patience_s: float = 30.0
    counter_pause_s: float = 2.0

    def quick(self) -> Pace:
        """The same with the fewest readings that have a minimum and a maximum."""
        return replace(self, readings=2)


class Watch(Protocol):
    """Whoever follows the measurement."""

    def budget(self, budgets: Mapping[str, Budget]) -> None:
        """Take what will be spent at most, by technology, before the first packet."""

    def step(self, technology: str, text: str, used_bytes: Callable[[], int]) -> None:
        """Take what happens now, and whom to ask, while it happens, for the bytes used in this technology."""

    def tell(self, line: str) -> None:
        """Take a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that was found. `restored` is None when there was no device; `restore_reason` says what went wrong."""

    technologies: list[TechnologyResult]
    interface: str | None = None
    device: DeviceInfo | None = None
    settings: dict[str, str] = field(default_factory=dict)
    restored: bool | None = None
    restore_reason: str | None = None


def survey_link(plan: SurveyPlan, watch: Watch) -> Survey:
    """One pass over the named interface, or the computer's own choice of one."""
    name = plan.technologies[0].value if plan.technologies else WIRED
    path = LinkPath(interface=plan.interface)
    one = _Pass(plan, watch, Found(name, Clock.now(), plan.is_mobile, has_target=True))
    watch.budget({name: plan.link_plan(name).budget})
    with one.timed(Clock()):
        one.measure(path, lambda: None, Pace())
    return Survey([technology_result(one.found)], plan.interface)


def survey_device(
    open_device: Callable[[], RadioDevice],
    plan: SurveyPlan,
    watch: Watch,
    *,
    pace: Pace | None = None,
    journal: Journal | None = None,
) -> Survey:
    """Every technology in turn; the device's settings are put back and verified at the end, whatever happens.

    Raises:
        DeviceError: There is no such device, or it cannot be asked for its settings.
        UsageError: Its network interface is not known, or the budget allows no measurement.
    """
    times = pace or Pace()
    guard = ModeGuard(open_device, journal=journal, clock=times.clock, limits=times.limits, tell=watch.tell)
    run = _DeviceRun(guard, plan, watch, times)
    problem = None
    try:
        with guard:
            run.all()
    except DeviceError as error:
        if not run.is_finished:
            raise
        problem = str(error)
    return Survey(
        technologies=run.results,
        interface=run.path.interface or plan.interface,
        device=run.device,
        settings=run.settings,
        restored=guard.restored,
        restore_reason=problem,
    )


def _nothing_used() -> int:
    return 0


class _DeviceRun:
    """The technologies of one device; runs inside the guard."""

    def __init__(self, guard: ModeGuard, plan: SurveyPlan, watch: Watch, pace: Pace) -> None:
        self._guard, self._plan, self._watch, self._pace = guard, plan, watch, pace
        self.path = LinkPath()
        self.results: list[TechnologyResult] = []
        self.device: DeviceInfo | None = None
        self.settings: dict[str, str] = {}
        self.is_finished = False

    def all(self) -> None:
        """Measure every technology."""
        device = self._guard.device
        if self._guard.identity is not None:
            self.device = device_record(self._guard.identity, device.uri)
        self.settings = dict(self._guard.saved.values)
        technologies = self._plan.technologies or device.modes()
        if not technologies:
            raise DeviceError(f"{device.uri} does not tell which technologies it offers; name them with --technology")
        if self._plan.target is not None:
            self.path = path_through(device, self._plan.target, named=self._plan.interface)
            self._watch.budget({one.value: self._plan.link_plan(one.value).budget for one in technologies})
        for technology in technologies:
            self.results.append(self._one(technology))
        self._watch.step("", "putting the dongle back", _nothing_used)
        self.is_finished = True

    def _one(self, technology: Technology) -> TechnologyResult:
        found = Found(technology.value, Clock.now(), is_mobile=True, has_target=self._plan.target is not None)
        one = _Pass(self._plan, self._watch, found)
        if found.has_target:
            found.budget = self._plan.link_plan(technology.value).budget
        with one.timed(self._pace.clock):
            if self._switch(technology, one):
                found.rssi = rssi_record(self._read_signal(one))
                if self._plan.target is not None:
                    one.measure(self.path, self._counters, self._pace)
        return technology_result(found)

    def _switch(self, technology: Technology, one: _Pass) -> bool:
        """Whether the technology is there and traffic flows."""
        found = one.found
        check = _TrafficCheck(one, self.path, self._pace) if self._plan.target is not None else None
        switched = self._guard.switch(technology, traffic=check, progress=one.say)
        found.switch_s, found.reason = switched.waited_s, switched.reason
        if switched.link is not None:
            found.operator, found.rat = switched.link.operator, switched.link.rat
        if switched.outcome is SwitchOutcome.REGISTERED:
            return True
        found.outcome = Outcome.NO_SERVICE if switched.outcome is SwitchOutcome.NO_SERVICE else Outcome.ERROR
        return False

    def _read_signal(self, one: _Pass) -> list[SignalReading]:
        """Readings at the pace at which the device renews them, before the traffic; a silent device has none."""
        readings: list[SignalReading] = []
        problem = None
        for number in range(self._pace.readings):
            if number:
                self._pace.clock.sleep(self._pace.reading_interval_s)
            one.say(f"signal {number + 1} of {self._pace.readings}")
            try:
                readings.append(self._guard.device.signal())
            except DeviceError as error:
                problem = str(error)
        if not readings and problem is not None:
            readings = [SignalReading(Clock.now(), None, None, reason=problem)]
        return readings

    def _counters(self) -> TrafficCounters | None:
        try:
            return self._guard.device.traffic_counters()
        except DeviceError:
            return None


class _Pass:
    """One technology being measured; collects into `found`."""

    def __init__(self, plan: SurveyPlan, watch: Watch, found: Found) -> None:
        self.plan, self.watch, self.found = plan, watch, found

    def say(self, text: str) -> None:
        """Tell what happens now."""
        self.watch.step(self.found.technology, text, lambda: self.found.extra_bytes)

    @contextmanager
    def timed(self, clock: Clock) -> Iterator[None]:
        """Take the time; an unreachable device or target ends this pass, not the survey."""
        begun_s = clock.monotonic()
        try:
            yield
        except (DeviceError, ProbeError) as error:
            self.found.fail(str(error))
        except OSError as error:
            self.found.fail(f"the link is gone: {error.strerror or error}")
        finally:
            self.found.seconds = clock.monotonic() - begun_s

    def measure(self, path: LinkPath, counters: Callable[[], TrafficCounters | None], pace: Pace) -> None:
        """Run the probes, and see that their packets took the path."""
        target = self.plan.target
        if target is None:
            raise ProbeError("there is no responder to measure against; add --to HOST[:PORT]")
        found, link_plan = self.found, self.plan.link_plan(self.found.technology)
        found.budget = link_plan.budget
        left = Budget(max(1, link_plan.budget.max_bytes - found.extra_bytes), link_plan.budget.max_seconds)
        before = counters()
        found.link = measure_link(
            target, path, replace(link_plan, budget=left), key=self.plan.key, watch=self._progress
        )
        local = is_loopback(found.link.address)
        for look in range(_COUNTER_LOOKS):
            if look:
                pace.clock.sleep(pace.counter_pause_s)  # some firmware counts with a delay
            found.cost = cost_record(found.link.proof, before, counters(), is_loopback=local)
            if found.cost.path_proven is not False or found.link.proof.is_proven is False:
                break
        self._public_reference(path)

    def _progress(self, progress: LinkProgress) -> None:
        def used_bytes() -> int:
            return progress.meter.spent().total_bytes + self.found.extra_bytes

        self.watch.step(self.found.technology, progress.step, used_bytes)

    def _public_reference(self, path: LinkPath) -> None:
        if self.plan.reference is None:
            return
        self.say("public reference (speedtest-cli)")
        try:
            self.found.reference = reference_record(measure_public_reference(path, self.plan.reference))
        except ProbeError as error:
            self.found.reference = reference_record(None, str(error))


class _TrafficCheck:
    """Whether the responder answers through the path: it must repeat a nonce, which no captive page can."""

    def __init__(self, one: _Pass, path: LinkPath, pace: Pace) -> None:
        self._one, self._path, self._pace = one, path, pace
        self._first_s: float | None = None

    def __call__(self) -> str | None:
        """None when it answers, else why not.

        Raises:
            ProbeError: It did not answer for too long.
        """
        target = self._one.plan.target
        if target is None:
            return None
        now_s = self._pace.clock.monotonic()
        self._first_s = now_s if self._first_s is None else self._first_s
        meter = Meter(Budget(_CHECK_BYTES, 60.0), SystemClock())
        self._one.say("does traffic flow?")
        try:
            with open_session(target, self._path, meter=meter, key=self._one.plan.key):
                pass
        except ProbeError as error:
            if now_s - self._first_s >= self._pace.traffic_patience_s:
                name = self._one.found.technology.upper()
                raise ProbeError(f"registered in {name}, but the responder does not answer: {error}") from error
            return str(error)
        finally:
            self._one.found.extra_bytes += meter.spent().total_bytes
        return None
