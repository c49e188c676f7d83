"""The exit criteria of the test procedure, and what remains to be done for each."""

from __future__ import annotations

from collections.abc import Sequence

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult
from perfkit.core.coverage_record import CaseState, CoveredCase, ExitCriterion, Remaining
from perfkit.core.plan.case_ids import base_id
from perfkit.core.plan_record import Applicability, Requirement

_WORDS = {
    CaseState.FAILED: "failed",
    CaseState.INCONCLUSIVE: "ended without PASS or FAIL",
    CaseState.NO_VERDICT: "without a verdict in the logs",
    CaseState.TO_REPEAT: "passed before the DUT was changed (5.5)",
    CaseState.MISSING: "not run",
}


def conformance(cases: Sequence[CoveredCase]) -> ExitCriterion:
    """7.2.2: every mandatory and every applicable conditional test case passed, or failed where Appendix C says so."""
    needed = [
        case
        for case in cases
        if case.planned.requirement is not Requirement.OPTIONAL
        and case.planned.applicability is not Applicability.DOES_NOT_APPLY
    ]
    open_cases = [case for case in needed if case.state is not CaseState.PASSED and not case.failed_as_it_should]
    remaining = [Remaining(case.planned.test_case, _why(case)) for case in open_cases]
    return ExitCriterion(
        clause="7.2.2 (7.1.3)",
        text="all mandatory and all applicable conditional test cases of Appendix C executed successfully",
        met=not remaining,
        done=len(needed) - len(remaining),
        needed=len(needed),
        remaining=remaining,
    )


def _why(case: CoveredCase) -> str:
    if case.state is CaseState.UNDECIDED:
        return f"not run and not decided: {', '.join(case.planned.missing_keys)} not stated"
    return _WORDS[case.state]


def performance(document: AnalysisDocument, cases: Sequence[CoveredCase]) -> ExitCriterion:
    """8.2.4: every performance parameter of 8.2.1 that the DUT has is measured."""
    needed = [parameter for parameter in document.parameters if parameter.applicable]
    missing = [parameter for parameter in needed if parameter.outcome is not Outcome.MEASURED]
    applying = {c.planned.test_case for c in cases if c.planned.applicability is Applicability.APPLIES}
    return ExitCriterion(
        clause="8.2.4 (8.1.3)",
        text="all performance parameters of 8.2.1 measured",
        met=bool(needed) and not missing,
        done=len(needed) - len(missing),
        needed=len(needed),
        remaining=[Remaining(p.name, _how_to_measure(p, document, applying)) for p in missing],
    )


def _how_to_measure(parameter: ParameterResult, document: AnalysisDocument, applying: set[str]) -> str:
    entries = [entry for entry in document.still_to_measure if entry.parameter == parameter.key]
    named = dict.fromkeys(base_id(name) for entry in entries for name in entry.test_cases)
    useful = [test_case for test_case in named if test_case in applying]
    advice = f"; run {' or '.join(useful[:4])}" if useful else ""
    return f"{parameter.reason or 'no value'}{advice}"
