"""Everything that a survey needs, emulated and fast: a watch that remembers, plans and a pace for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from perfkit.core.network_record import TechnologyResult
from perfkit_probes.budget import Budget
from perfkit_probes.emulators.link_shaper import LinkSetting
from perfkit_probes.latency import LatencyPlan
from perfkit_probes.link import LinkPlan
from perfkit_probes.path import Target
from perfkit_probes.radio.base import Technology
from perfkit_probes.radio.switching.journal import Journal
from perfkit_probes.require import RequirePlan
from perfkit_probes.survey import Pace, Survey, SurveyPlan, survey_device
from tests.probes.radio.devices import CLOCK, Bench

# The gate's questions only: 60 kB/s and 30 ms pass them in 2.5 s.
GOOD = LinkSetting(60_000, 0.030, 60_000)
QUICK = LinkPlan(
    Budget(250_000, 60.0),
    latency=LatencyPlan(count=3, icmp_count=0),
    require=RequirePlan(min_seconds=1.5),
    capacity=None,
    goodput=None,
)
PACE = Pace(clock=CLOCK, readings=3)


@dataclass
class Recorded:
    """What a survey told its watch."""

    budgets: list[dict[str, int]] = field(default_factory=list)
    steps: list[tuple[str, str, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def budget(self, budgets: Mapping[str, Budget]) -> None:
        self.budgets.append({name: one.max_bytes for name, one in budgets.items()})

    def step(self, technology: str, text: str, used_bytes: Callable[[], int]) -> None:
        self.steps.append((technology, text, used_bytes()))

    def tell(self, line: str) -> None:
        self.lines.append(line)


def plan_to(port: int | None, *technologies: Technology, link: LinkPlan = QUICK, **options: object) -> SurveyPlan:
    plans = dict.fromkeys([*(one.value for one in Technology), "wired"], link)
    target = None if port is None else Target("127.0.0.1", port)
    return SurveyPlan(target, technologies, plans=plans, **options)  # type: ignore[arg-type]


def surveyed(
    bench: Bench, plan: SurveyPlan, folder: Path, *, watch: Recorded | None = None, pace: Pace = PACE
) -> Survey:
    return survey_device(bench.open_device, plan, watch or Recorded(), pace=pace, journal=Journal(folder))


def only(survey: Survey) -> TechnologyResult:
    assert len(survey.technologies) == 1
    return survey.technologies[0]


def verdicts(one: TechnologyResult) -> tuple[str, str, str]:
    return one.verdicts.bandwidth.value, one.verdicts.latency.value, one.verdicts.rssi.value
