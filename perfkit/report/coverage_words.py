"""What the console and the report say of a coverage in the same words."""

from __future__ import annotations

from perfkit.core.configuration_record import LogPlace
from perfkit.core.coverage_record import CampaignChange, CaseRun, CaseState, CoveredCase, ResetRuns, UnknownRun
from perfkit.report.wording import NOTHING, counted


def run_place(place: LogPlace) -> str:
    """Test case, file and line of a run."""
    return f"{place.test_case or 'a run without test case'} ({place.file}:{place.line})"


def change_sentence(change: CampaignChange) -> str:
    """What changed, where, what the test procedure says of it, and its clause; an alarm if everything is repeated."""
    alarm = "ALARM: " if change.full_retest else ""
    changed = f"{alarm}{change.kind.value} changed from {change.before} to {change.after} in {run_place(change.place)}"
    return f"{changed}: {change.consequence} ({change.clause})"


def verdicts_in_order(case: CoveredCase) -> str:
    """The verdicts of its runs in the order of time; in brackets those before a change of the DUT."""
    return " ".join(map(_verdict, case.runs)) or NOTHING


def _verdict(run: CaseRun) -> str:
    verdict = run.verdict or "(none)"
    return verdict if run.counts else f"[{verdict}]"


def unmet_condition(case: CoveredCase) -> str | None:
    """When a test case would apply that was run although it does not; None for every other one."""
    does_not_apply = case.state is CaseState.NOT_APPLICABLE_RUN and case.planned.condition
    return f"Applies only if {case.planned.condition}." if does_not_apply else None


def other_run(run: UnknownRun) -> tuple[str, str]:
    """Id and verdict of a run that is none of the plan, and why."""
    nearest = f"; nearest is {run.nearest}" if run.nearest else ""
    label = " ".join(part for part in (run.test_case or "no id", run.verdict) if part)
    return label, f"{run.reason}{nearest} ({run.place.file}:{run.place.line})"


def resets_text(resets: ResetRuns) -> str:
    """How often 000_RESET ran and passed, and before which runs it did not (7.2.2)."""
    without = ", ".join(f"{place.test_case or 'no id'} ({place.file}:{place.line})" for place in resets.without)
    gaps = f"; none passed before {without}" if without else "; one passed before every further test case"
    return f"{counted(resets.runs, 'run')}, {resets.passed} passed{gaps}"
