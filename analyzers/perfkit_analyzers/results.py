"""The result of one parameter: statistics, headline, uncertainty, comparison, provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import (
    Beside,
    Combination,
    ExcludedPlace,
    ExclusionGroup,
    FlagCount,
    Outcome,
    ParameterResult,
    Place,
    StillToMeasure,
)
from perfkit.core.pics.model import Pics
from perfkit.core.policy import Aggregate, Policy
from perfkit.core.sample import Flag
from perfkit.core.statistics import Summary, coverage_of_maximum, summarize
from perfkit.core.uncertainty import Comparison, UncertaintyBudget, compare, interval_budget
from perfkit_analyzers.histogram import Histogram
from perfkit_analyzers.ledger import Total
from perfkit_analyzers.message import Role
from perfkit_analyzers.parameters.base import Parameter
from perfkit_analyzers.rows import RowRef
from perfkit_analyzers.totals import RoleTotals

if TYPE_CHECKING:
    from perfkit.core.network_join_record import ParameterLink
    from perfkit_analyzers.link.join import LinkJoin

ROLE_WORDS = {Role.CHARGING_STATION: "charging station", Role.CSMS: "CSMS"}


def parameter_result(
    parameter: Parameter, role: Role | None, totals: RoleTotals, pics: Pics, link: LinkJoin | None = None
) -> ParameterResult:
    """Result of a parameter for a DUT of `role` (None: the logs do not tell a role); `link` as in the campaign."""
    mine = {key: total for key, total in totals.totals.items() if key[0] == parameter.key}
    whole = _headline_total(total for key, total in mine.items() if not key[2])
    summary = summarize(whole.part.values.counts())
    stated = pics.performance.by_key()[parameter.key]
    applicable = role in parameter.roles
    budget = _budget(whole, pics.policy) if summary.count else None
    headline = _Headline(whole, summary, pics.policy)
    measured = applicable and headline.value_s is not None
    stated_s = stated.value_s if stated else None
    comparison = _comparison(headline, stated_s, budget) if measured and budget else None
    return ParameterResult(
        key=parameter.key,
        name=parameter.name,
        definition=parameter.definition,
        clause=parameter.clause,
        applicable=applicable,
        outcome=Outcome.MEASURED if measured else Outcome.NOT_MEASURED if applicable else Outcome.NOT_APPLICABLE,
        reason=_why_not(parameter, role, totals, unanswered=whole.part.censored) if not measured else None,
        stated_s=stated_s,
        stated_text=stated.text if stated else None,
        measured_s=headline.value_s,
        measured_is_lower_bound=headline.is_lower_bound,
        headline=headline.text,
        measured_at=headline.place,
        comparison=comparison,
        count=summary.count,
        min_s=summary.min_s,
        median_s=summary.median_s,
        mean_s=summary.mean_s,
        p95_s=summary.p95_s,
        max_s=summary.max_s,
        net=_beside(whole.part.net, whole.part.values),
        from_request=_beside(whole.part.from_request, whole.part.values),
        coverage=coverage_of_maximum(summary.count),
        uncertainty_s=budget.expanded_s if budget else None,
        uncertainty_terms=list(budget.terms) if budget else [],
        resolution_s=whole.resolution_ns / 1e9 if summary.count else None,
        unanswered=whole.part.censored,
        longest_wait_s=_seconds(whole.part.longest_wait),
        set_aside=totals.set_aside[parameter.key],
        combinations=[_combination(key[1], total, in_headline=not key[2]) for key, total in sorted(mine.items())],
        exclusions=_exclusions(parameter.key, totals),
        flags=_flags(mine.values()),
        link=_link(link, role, parameter.key, headline.ref),
    )


def _link(link: LinkJoin | None, role: Role | None, key: str, headline: RowRef | None) -> ParameterLink | None:
    """The link beside the values; None where nobody asked or there is no value."""
    tally = link.tallies.get((role, key)) if link is not None and role is not None else None
    if tally is None:
        return None
    from perfkit_analyzers.link.summary import parameter_link

    beside = headline.row.link if headline is not None else None
    return parameter_link(tally, beside.latency_ms if beside is not None else None)


def _headline_total(totals: Iterable[Total]) -> Total:
    whole = Total()
    for total in totals:
        whole.merge(total)
    return whole


def _seconds(ref: RowRef | None) -> float | None:
    return None if ref is None or ref.row.value_ns is None else ref.row.value_ns / 1e9


def _place(file: str, ref: RowRef | None) -> Place | None:
    if ref is None:
        return None
    row = ref.row
    return Place(ref.number, file, row.request_line, row.from_line, row.to_line)


class _Headline:
    """The one figure of a parameter (docs/method.md 10 and 3, P5)."""

    def __init__(self, whole: Total, summary: Summary, policy: Policy) -> None:
        by_policy = {
            Aggregate.MAX: summary.max_s,
            Aggregate.P95: summary.p95_s,
            Aggregate.MEDIAN: summary.median_s,
        }
        self.value_s = by_policy[policy.aggregate]
        self.is_lower_bound = False
        self.ref = whole.part.largest if policy.aggregate is Aggregate.MAX else None
        self.place = _place(whole.largest_file, self.ref)
        self.text = None if self.value_s is None else f"{self.value_s:.9g} s"
        waited_s = _seconds(whole.part.longest_wait)
        if summary.max_s is not None and waited_s is not None and waited_s > summary.max_s:
            self.value_s, self.is_lower_bound = waited_s, True
            self.ref = whole.part.longest_wait
            self.place = _place(whole.longest_wait_file, self.ref)
            self.text = f"> {waited_s:.9g} s (no answer)"


def _comparison(headline: _Headline, stated_s: float | None, budget: UncertaintyBudget) -> Comparison | None:
    """Relation to the stated value; None when a lower bound is not above it, since the value itself is not known."""
    if headline.value_s is None:
        return None
    comparison = compare(headline.value_s, stated_s, budget.expanded_s)
    is_open = headline.is_lower_bound and comparison in (Comparison.WITHIN, Comparison.WITHIN_UNCERTAIN)
    return None if is_open else comparison


def _budget(whole: Total, policy: Policy) -> UncertaintyBudget:
    return interval_budget(
        whole.resolution_ns / 1e9, tool_delay_s=policy.tool_delay_s, jitter_s=policy.network_jitter_s
    )


def _combination(name: str, total: Total, *, in_headline: bool) -> Combination:
    summary = summarize(total.part.values.counts())
    return Combination(
        name=name,
        in_headline=in_headline,
        count=summary.count,
        unanswered=total.part.censored,
        min_s=summary.min_s,
        median_s=summary.median_s,
        mean_s=summary.mean_s,
        p95_s=summary.p95_s,
        max_s=summary.max_s,
        max_at=_place(total.largest_file, total.part.largest),
        net=_beside(total.part.net, total.part.values),
        from_request=_beside(total.part.from_request, total.part.values),
    )


def _beside(other: Histogram, values: Histogram) -> Beside | None:
    """Summary of the other view; None when there is none or when it does not differ from the values."""
    if other == values:
        return None
    summary = summarize(other.counts())
    if summary.median_s is None or summary.max_s is None:
        return None
    return Beside(summary.median_s, summary.max_s)


def _exclusions(parameter: str, totals: RoleTotals) -> list[ExclusionGroup]:
    groups = [(reason, group) for (key, reason), group in totals.exclusions.items() if key == parameter]
    return [
        ExclusionGroup(
            reason=reason,
            rule=reason.rule,
            explanation=reason.sentence,
            count=group.count,
            rows=[
                ExcludedPlace(ref.number, file, ref.row.combination, ref.row.request_line, ref.row.to_line)
                for file, ref in group.rows
            ],
        )
        for reason, group in sorted(groups, key=lambda item: (-item[1].count, item[0]))
    ]


def _flags(totals: Iterable[Total]) -> list[FlagCount]:
    counts: Counter[Flag] = Counter()
    for total in totals:
        counts.update(total.part.flags)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [FlagCount(flag, flag.rule, flag.sentence, count) for flag, count in ordered]


def _why_not(parameter: Parameter, role: Role | None, totals: RoleTotals, *, unanswered: int) -> str:
    """Why there is no value."""
    if role is None:
        return "no run tells the role of the DUT"
    if role not in parameter.roles:
        only = " or ".join(sorted(ROLE_WORDS[r] for r in parameter.roles))
        return f"{only} only (A.4)"
    excluded = sum(group.count for (key, _), group in totals.exclusions.items() if key == parameter.key)
    if aside := totals.set_aside[parameter.key]:
        return f"{aside} {'value comes' if aside == 1 else 'values come'} from runs without verdict PASS"
    if unanswered:
        counted = unanswered + excluded
        return f"of {counted} {'candidate' if counted == 1 else 'candidates'}, {unanswered} never came to an end"
    if excluded == 1:
        return "the only candidate was excluded"
    return f"all {excluded} candidates were excluded" if excluded else "no candidate in the logs"


_COMBINATIONS_OF_2X = {
    "ChangeAvailability/StatusNotification": (
        "ChangeAvailability/StatusNotification",
        "ChangeAvailability/NotifyEvent",
    ),
    "RemoteStartTransaction/StartTransaction": ("RequestStartTransaction/TransactionEvent",),
    "RemoteStopTransaction/StopTransaction": ("RequestStopTransaction/TransactionEvent",),
}
"""What stands for a combination of 1.6 in 2.x (docs/method.md 11); the others are called the same."""


def still_to_measure(
    results: Sequence[ParameterResult], parameters: Sequence[Parameter], *, by_analogy: bool = False
) -> list[StillToMeasure]:
    """Combinations of applicable parameters without a value, with the test cases that would produce one.

    `by_analogy`: the logs are of OCPP 2.x, for which Appendix C has no test cases; none are named then.
    """
    missing = []
    for result, parameter in zip(results, parameters, strict=True):
        if not result.applicable:
            continue
        have = {c.name.split("/CALLERROR")[0] for c in result.combinations if c.count}
        for entry in parameter.yields:
            names = _COMBINATIONS_OF_2X.get(entry.combination) if by_analogy else None
            names = names or (entry.combination,)
            is_named = any(name in have or any(held.startswith(f"{name}/") for held in have) for name in names)
            if result.count == 0 or (len(parameter.yields) > 1 and not is_named):
                test_cases = [] if by_analogy else list(entry.test_cases)
                missing.append(StillToMeasure(result.key, names[0], test_cases))
    return missing
