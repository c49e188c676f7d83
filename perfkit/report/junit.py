"""The result document as JUnit XML: one test case per parameter, its figures as properties."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult
from perfkit.report.stated_values import is_exceeded

_PROPERTIES = (
    *("stated_s", "measured_s", "measured_is_lower_bound", "headline", "comparison", "count", "min_s", "median_s"),
    *("mean_s", "p95_s", "max_s", "uncertainty_s", "coverage", "unanswered", "set_aside"),
)


def render(document: AnalysisDocument, *, strict: bool) -> bytes:
    """UTF-8 XML. Not measured and not applicable are skipped; an exceeded stated value fails only with `strict`."""
    skipped = sum(parameter.outcome is not Outcome.MEASURED for parameter in document.parameters)
    failed = sum(strict and _fails(parameter) for parameter in document.parameters)
    counts = {
        "tests": str(len(document.parameters)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{document.provenance.seconds:.3f}",
    }
    suites = Element("testsuites", {"name": "perfkit analyze", **counts})
    suite = SubElement(
        suites,
        "testsuite",
        {"name": document.schema, **counts, "timestamp": document.provenance.created.split("+")[0]},
    )
    _suite_properties(suite, document)
    for parameter in document.parameters:
        _test_case(suite, parameter, strict=strict)
    indent(suites)
    body: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _fails(parameter: ParameterResult) -> bool:
    return parameter.outcome is Outcome.MEASURED and is_exceeded(parameter)


def _suite_properties(suite: Element, document: AnalysisDocument) -> None:
    dut = document.dut
    facts = {
        "perfkit": document.tool.version,
        "basis": document.basis,
        "dut.type": dut.type,
        "dut.vendor": dut.vendor,
        "dut.model": dut.model,
        "dut.serial": dut.serial,
        "dut.firmware": dut.firmware,
        **{f"policy.{switch.switch}": switch.value for switch in document.policy.differences},
    }
    add_properties(suite, facts)


def add_properties(parent: Element, facts: Mapping[str, object]) -> None:
    """Add every fact that is known; what is None has no property."""
    known = {name: value for name, value in facts.items() if value is not None}
    if not known:
        return
    properties = SubElement(parent, "properties")
    for name, value in known.items():
        SubElement(properties, "property", {"name": name, "value": xml_text(_written(value))})


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _test_case(suite: Element, parameter: ParameterResult, *, strict: bool) -> None:
    case = SubElement(suite, "testcase", {"classname": "perfkit.analyze", "name": parameter.key, "time": "0"})
    facts: dict[str, object] = {"name": parameter.name, "outcome": parameter.outcome.value}
    if parameter.applicable:
        facts |= {name: getattr(parameter, name) for name in _PROPERTIES}
    for name, beside in (("net_max_s", parameter.net), ("from_request_max_s", parameter.from_request)):
        facts[name] = beside.max_s if beside else None
    place = parameter.measured_at
    if place is not None:
        facts["measured_at"] = f"{place.file}:{place.request_line}"
        facts["measured_row"] = place.row
    add_properties(case, facts)
    if parameter.outcome is Outcome.NOT_MEASURED:
        SubElement(case, "skipped", {"message": xml_text(f"not measured: {parameter.reason or 'no value'}")})
    elif parameter.outcome is Outcome.NOT_APPLICABLE:
        reason = f": {parameter.reason}" if parameter.reason else ""
        SubElement(case, "skipped", {"message": xml_text(f"not applicable{reason}")})
    elif strict and _fails(parameter):
        message = f"measured {parameter.headline}, stated {parameter.stated_text} ({parameter.comparison})"
        SubElement(case, "failure", {"message": xml_text(message), "type": "stated value exceeded"})


def xml_text(text: str) -> str:
    r"""`text` with what XML 1.0 (section 2.2) does not allow written as escapes.

    Examples:
        >>> xml_text("a\x00b\ufffe<&>"), xml_text("\U0001f600\n")
        ('a\\x00b\\ufffe<&>', '\U0001f600\n')
    """
    return "".join(
        character if _is_xml(ord(character)) else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _is_xml(code: int) -> bool:
    return code in {0x9, 0xA, 0xD} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
