"""One parameter in full: its sample, where the maximum comes from, combinations, exclusions, flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, Combination, Outcome, ParameterResult
from perfkit.core.network_join_record import ParameterLink
from perfkit.report.console_blocks import facts, heading, indented, plain_table, text
from perfkit.report.link_wording import round_trip_text, statuses_text
from perfkit.report.wording import NOTHING, counted, percent, place_text, seconds, seconds_up

if TYPE_CHECKING:
    from rich.console import RenderableType

COMBINATIONS_SHOWN = 10
_STATISTICS = {"max": "maximum", "p95": "95th percentile", "median": "median"}


def parameter_blocks(parameter: ParameterResult, document: AnalysisDocument, *, full: bool) -> Iterable[RenderableType]:
    """What is known of a parameter beyond its line in the overview."""
    yield heading(f"{parameter.name} ({parameter.clause})")
    pairs = [*_sample(parameter, _STATISTICS[document.policy.values["aggregate"]]), *_link(parameter.link)]
    if pairs:
        yield facts(pairs)
    if parameter.combinations:
        yield from _combinations(parameter, full=full)
    yield from _codes(parameter)


def _sample(parameter: ParameterResult, statistic: str) -> Iterator[tuple[str, str]]:
    """Labels and sentences about the values."""
    if parameter.outcome is not Outcome.MEASURED:
        yield "not measured", parameter.reason or "no value"
    elif parameter.measured_is_lower_bound:
        yield (
            "headline",
            f"the longest wait without an answer exceeds the largest value, {seconds(parameter.max_s, unit=True)}",
        )
    else:
        yield statistic, f"{seconds(parameter.measured_s, unit=True)}{_uncertainty(parameter)}"
    if parameter.measured_at is not None:
        yield "from", place_text(parameter.measured_at)
    if parameter.count == 1:
        yield "values", "single observation: nothing is known of how much the time varies"
    elif parameter.count:
        yield "values", _spread(parameter)
    for label, beside, meaning in (
        ("net", parameter.net, "without the tool's own answers in between"),
        ("from request", parameter.from_request, "counted from the request"),
    ):
        if beside is not None:
            figures = f"maximum {seconds(beside.max_s, unit=True)}, median {seconds(beside.median_s)}"
            yield label, f"{figures} ({meaning}; information)"
    if parameter.unanswered:
        wait = seconds(parameter.longest_wait_s, unit=True)
        yield "unanswered", f"{counted(parameter.unanswered, 'request')}, longest wait {wait}"
    if parameter.set_aside:
        yield "set aside", f"{counted(parameter.set_aside, 'value')} of runs without verdict PASS"


def _link(link: ParameterLink | None) -> Iterator[tuple[str, str]]:
    """The link beside the values; nothing where no record of it was given."""
    if link is None:
        return
    excluded = f"; {link.excluded:,} excluded for it (policy network: exclude)" if link.excluded else ""
    yield "link", f"{statuses_text(link.statuses)}{excluded}"
    round_trip = round_trip_text(link)
    if round_trip is not None:
        yield "round trip", round_trip


def _uncertainty(parameter: ParameterResult) -> str:
    if parameter.uncertainty_s is None:
        return ""
    return f", expanded uncertainty {seconds_up(parameter.uncertainty_s)} (k = 2)"


def _spread(parameter: ParameterResult) -> str:
    spread = (
        f"{parameter.count:,} from {seconds(parameter.min_s)} to {seconds(parameter.max_s, unit=True)}, median "
        f"{seconds(parameter.median_s)}, mean {seconds(parameter.mean_s)}, p95 {seconds(parameter.p95_s)}"
    )
    if parameter.coverage is None:
        return spread
    return f"{spread}; the maximum covers {percent(parameter.coverage)} of all with 95 % confidence"


def _combinations(parameter: ParameterResult, *, full: bool) -> Iterator[RenderableType]:
    """The combinations with the largest values first."""
    ordered = sorted(parameter.combinations, key=lambda c: (not c.in_headline, -(c.max_s or 0.0), c.name))
    shown = ordered if full else ordered[:COMBINATIONS_SHOWN]
    has_unanswered = any(combination.unanswered for combination in shown)
    extra = [">no answer"] if has_unanswered else []
    table = plain_table("Combination", ">n", *extra, ">median s", ">p95 s", ">max s", ">row")
    for combination in shown:
        table.add_row(*(text(cell) for cell in _cells(combination, unanswered=has_unanswered)))
    yield indented(table)
    rest = len(ordered) - len(shown)
    if rest:
        yield indented(text(f"... and {rest} more (--full shows all)"))


def _cells(combination: Combination, *, unanswered: bool) -> list[str]:
    name = combination.name if combination.in_headline else f"{combination.name} (not in the headline)"
    return [
        name,
        str(combination.count),
        *([str(combination.unanswered or NOTHING)] if unanswered else []),
        seconds(combination.median_s),
        seconds(combination.p95_s),
        seconds(combination.max_s),
        NOTHING if combination.max_at is None else str(combination.max_at.row),
    ]


def _codes(parameter: ParameterResult) -> Iterator[RenderableType]:
    """One line per reason and flag."""
    if parameter.exclusions:
        yield indented(
            text(f"excluded ({counted(sum(e.count for e in parameter.exclusions), 'request')}; --list-excluded)")
        )
        yield facts((f"{e.count:>4}", f"{e.reason} ({e.rule}): {e.explanation}") for e in parameter.exclusions)
    if parameter.flags:
        yield indented(text("values that carry a flag"))
        yield facts((f"{f.count:>4}", f"{f.flag} ({f.rule}): {f.explanation}") for f in parameter.flags)
