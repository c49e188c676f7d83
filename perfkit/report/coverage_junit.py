"""The coverage as JUnit XML: one test case per row of the plan."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfkit.core.coverage_record import CaseState, CoverageDocument, CoveredCase
from perfkit.core.plan_record import Requirement
from perfkit.report.junit import add_properties, xml_text

_FAILURES = {CaseState.FAILED, CaseState.INCONCLUSIVE, CaseState.NO_VERDICT, CaseState.TO_REPEAT}
_SKIPPED = {CaseState.NOT_APPLICABLE, CaseState.NOT_APPLICABLE_RUN, CaseState.OPTIONAL_NOT_RUN, CaseState.UNDECIDED}


def render(document: CoverageDocument) -> bytes:
    """UTF-8 XML. Failures: not passed, or to be repeated; errors: missing; skipped: does not apply, optional, open.

    An optional test case that failed is a failure too: whoever runs it wants to know. One that failed as Appendix C
    says it should is none.
    """
    states = [case.state for case in document.cases if not case.failed_as_it_should]
    counts = {
        "tests": str(len(document.cases)),
        "failures": str(sum(state in _FAILURES for state in states)),
        "errors": str(states.count(CaseState.MISSING)),
        "skipped": str(sum(state in _SKIPPED for state in states)),
        "time": "0",
    }
    suites = Element("testsuites", {"name": "perfkit coverage", **counts})
    suite = SubElement(suites, "testsuite", {"name": document.schema, **counts})
    criteria = {f"criterion {one.clause}": "met" if one.met else "not met" for one in document.criteria}
    add_properties(suite, {"perfkit": document.perfkit, "dut": document.dut, "pics": document.pics, **criteria})
    for case in document.cases:
        _test_case(suite, case)
    indent(suites)
    body: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _test_case(suite: Element, case: CoveredCase) -> None:
    planned = case.planned
    element = SubElement(
        suite, "testcase", {"classname": f"perfkit.coverage.{planned.block}", "name": planned.test_case}
    )
    facts = {
        "title": planned.title,
        "requirement": Requirement(planned.requirement).value,
        "state": case.state.value,
        "verdicts": " ".join(run.verdict or "none" for run in case.runs) or None,
        "note": case.note,
    }
    add_properties(element, facts)
    if case.state in _FAILURES and not case.failed_as_it_should:
        where = "".join(f"{run.place.file}:{run.place.line} {run.verdict or 'none'}\n" for run in case.runs)
        failure = SubElement(element, "failure", {"message": xml_text(case.state.value), "type": "verdict"})
        failure.text = xml_text(where)
    elif case.state is CaseState.MISSING:
        SubElement(element, "error", {"message": "not run", "type": "missing"})
    elif case.state in _SKIPPED:
        reason = case.state.value
        if planned.missing_keys:
            reason = f"{reason}: {', '.join(planned.missing_keys)} not stated in the PICS"
        SubElement(element, "skipped", {"message": xml_text(reason)})
