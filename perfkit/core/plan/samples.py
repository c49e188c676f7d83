"""Which values of the performance parameters the planned test cases yield, and how many more runs a wanted n needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfkit.core.plan_record import Applicability, ExtraRuns, PlannedCase, SamplePlan, YieldedSample


@dataclass(frozen=True, slots=True)
class SampleSource:
    """Test cases that yield values of one combination of a parameter, the handiest first; None: every one does."""

    parameter: str
    combination: str
    test_cases: tuple[str, ...] | None
    dut_types: frozenset[str]

    def samples_of(self, test_case: str) -> list[YieldedSample]:
        """What a run of this test case yields of it: one value or none."""
        yields = self.test_cases is None or test_case in self.test_cases
        return [YieldedSample(self.parameter, self.combination)] if yields else []


class Samples:
    """The values that a plan yields. A run is counted with one value per combination, although it may yield more."""

    def __init__(
        self,
        sources: Sequence[SampleSource],
        cases: Sequence[PlannedCase],
        have: Mapping[tuple[str, str], int],
        already_run: frozenset[str],
    ) -> None:
        """`have` counts values measured already; the runs of `already_run` are contained in it."""
        self._sources = sources
        self._cases = [case for case in cases if case.applicability is Applicability.APPLIES]
        self._have = have
        self._already_run = already_run

    def plan(self, wanted_n: int) -> list[SamplePlan]:
        """One row per combination."""
        return [self._row(source, wanted_n) for source in self._sources]

    def _row(self, source: SampleSource, wanted_n: int) -> SamplePlan:
        serving = [case.test_case for case in self._cases if source.samples_of(case.test_case)]
        have = self._have.get((source.parameter, source.combination), 0)
        planned = sum(test_case not in self._already_run for test_case in serving)
        return SamplePlan(
            parameter=source.parameter,
            combination=source.combination,
            have=have,
            from_plan=planned,
            short=max(0, wanted_n - have - planned),
            test_cases=serving,
        )

    def extra_runs(self, wanted_n: int) -> list[ExtraRuns]:
        """Runs beyond one each, chosen greedily: always the test case that serves most combinations still short."""
        short = {row.combination: row.short for row in self.plan(wanted_n) if row.short and row.test_cases}
        wanted = frozenset(short)
        runs: dict[str, int] = {}
        while short:
            best = max(self._cases, key=lambda case: self._worth(case, short))
            served = _served(best, short)
            times = min(short[combination] for combination in served)
            runs[best.test_case] = runs.get(best.test_case, 0) + times
            short = {name: left for name, n in short.items() if (left := n - (times if name in served else 0)) > 0}
        return [
            ExtraRuns(
                case.test_case, runs[case.test_case], [s.combination for s in case.samples if s.combination in wanted]
            )
            for case in self._cases
            if case.test_case in runs
        ]

    def _worth(self, case: PlannedCase, short: Mapping[str, int]) -> tuple[int, int, int]:
        """How good a further run would be: combinations still short, all combinations, place among the handiest."""
        served = _served(case, short)
        places = [
            source.test_cases.index(case.test_case)
            for source in self._sources
            if source.combination in served and source.test_cases is not None
        ]
        return len(served), len(case.samples), -min(places, default=0)


def _served(case: PlannedCase, short: Mapping[str, int]) -> list[str]:
    return [sample.combination for sample in case.samples if sample.combination in short]
