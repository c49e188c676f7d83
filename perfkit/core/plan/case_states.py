"""What the runs of a test case say of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfkit.core.coverage_record import CaseRun, CaseState, CoveredCase, UnknownRun
from perfkit.core.plan.case_ids import is_of_2x, nearest_known
from perfkit.core.plan.runs import CampaignRun
from perfkit.core.plan.table import KNOWN_TEST_CASES
from perfkit.core.plan_record import Applicability, PlannedCase, Requirement

_STATES = {
    "PASS": CaseState.PASSED,
    "PASSED": CaseState.PASSED,
    "FAIL": CaseState.FAILED,
    "FAILED": CaseState.FAILED,
    "ERROR": CaseState.FAILED,
}
DUT_WORDS = {"charging_station": "a charging station", "csms": "a CSMS"}


def covered(planned: PlannedCase, runs: Sequence[CaseRun]) -> CoveredCase:
    """A test case of the plan with its state."""
    state = _state_without_run(planned) if not runs else _state_of_runs(planned, runs)
    return CoveredCase(planned, state, list(runs), " ".join(_notes(planned, runs)) or None)


def _state_without_run(planned: PlannedCase) -> CaseState:
    if planned.applicability is Applicability.DOES_NOT_APPLY:
        return CaseState.NOT_APPLICABLE
    if planned.requirement is Requirement.OPTIONAL:
        return CaseState.OPTIONAL_NOT_RUN
    return CaseState.MISSING if planned.applicability is Applicability.APPLIES else CaseState.UNDECIDED


def _state_of_runs(planned: PlannedCase, runs: Sequence[CaseRun]) -> CaseState:
    """The last run that counts decides; a pass before a change of the DUT must be repeated (5.5)."""
    if planned.applicability is Applicability.DOES_NOT_APPLY:
        return CaseState.NOT_APPLICABLE_RUN
    counted = [run for run in runs if run.counts]
    if counted:
        return _of_verdict(counted[-1].verdict)
    before = _of_verdict(runs[-1].verdict)
    return CaseState.TO_REPEAT if before is CaseState.PASSED else before


def _of_verdict(verdict: str | None) -> CaseState:
    return CaseState.NO_VERDICT if verdict is None else _STATES.get(verdict, CaseState.INCONCLUSIVE)


def _notes(planned: PlannedCase, runs: Sequence[CaseRun]) -> Iterator[str]:
    if planned.missing_keys:
        yield f"The PICS leaves open whether it applies: {', '.join(planned.missing_keys)}."
    counted = [_of_verdict(run.verdict) for run in runs if run.counts]
    if planned.should_fail and counted:
        yield "Appendix C: with the security certificate it should fail."
        return
    if CaseState.PASSED in counted[:-1] and counted[-1] is not CaseState.PASSED:
        yield "It passed before and does no longer."
    elif counted and counted[-1] is CaseState.PASSED and any(state is not CaseState.PASSED for state in counted):
        yield "It passed after another verdict: the report says why it was repeated (5.4, 5.6)."


def unknown_runs(runs: Sequence[CampaignRun], planned: Sequence[PlannedCase], dut_type: str) -> Iterator[UnknownRun]:
    """Runs of test cases that the plan does not hold; the reset between test cases is not one."""
    ids = {case.test_case for case in planned}
    for run in runs:
        if run.is_reset or run.test_case in ids:
            continue
        if run.test_case is None:
            reason, nearest = "the log names no test case", None
        elif run.test_case in KNOWN_TEST_CASES:
            reason, nearest = f"Appendix C has no such test case for {DUT_WORDS[dut_type]}", None
        elif is_of_2x(run.test_case):
            reason, nearest = "a test case of OCPP 2.x, and Appendix C is that of OCPP 1.6", None
        else:
            reason, nearest = "not in Appendix C", nearest_known(run.test_case)
        yield UnknownRun(run.info.test_case, run.info.verdict, reason, nearest, run.place)
