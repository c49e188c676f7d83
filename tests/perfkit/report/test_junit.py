from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.uncertainty import Comparison
from perfkit.report.junit import render
from tests.perfkit.report.documents import BOUND, DOCUMENT, HOSTILE_DOCUMENT, MEASURED


def parsed(document: AnalysisDocument = DOCUMENT, *, strict: bool = False) -> Element:
    return fromstring(render(document, strict=strict))  # noqa: S314 - our own text


def case(root: Element, name: str) -> Element:
    return next(entry for entry in root.iter("testcase") if entry.get("name") == name)


def properties(element: Element) -> dict[str | None, str | None]:
    return {entry.get("name"): entry.get("value") for entry in element.findall("properties/property")}


def test_every_parameter_is_a_test_case_and_the_counts_add_up() -> None:
    suite = parsed().find("testsuite")

    assert suite is not None
    assert [entry.get("name") for entry in suite.findall("testcase")] == [p.key for p in DOCUMENT.parameters]
    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("5", "2", "0")


def test_figures_are_properties_and_what_is_none_has_none() -> None:
    found = properties(case(parsed(), "triggered_function_timeout"))

    assert found["measured_s"] == "0.6123"
    assert found["stated_s"] == "0.5"
    assert found["count"] == "26"
    assert found["measured_is_lower_bound"] == "false"
    assert found["comparison"] == "above"
    assert (found["measured_at"], found["measured_row"]) == ("a.log:3", "7")
    assert "stated_s" not in properties(case(parsed(), "response_timeout"))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("remote_stop_authorization_time", "not measured: all 2 candidates were excluded"),
        ("authorize_response_time", "not applicable: csms only (A.4)"),
    ],
)
def test_what_has_no_value_is_skipped_with_the_reason(key: str, message: str) -> None:
    skipped = case(parsed(strict=True), key).find("skipped")

    assert skipped is not None
    assert skipped.get("message") == message


def test_exceeded_value_fails_only_when_strict() -> None:
    strict = case(parsed(strict=True), "triggered_function_timeout").find("failure")

    assert case(parsed(), "triggered_function_timeout").find("failure") is None
    assert strict is not None
    assert strict.get("message") == "measured 0.6123 s, stated 0.5 (above)"
    assert parsed(strict=True).get("failures") == "1"


@pytest.mark.parametrize(
    ("comparison", "failures"),
    [
        (Comparison.WITHIN, "0"),
        (Comparison.WITHIN_UNCERTAIN, "0"),
        (Comparison.NOT_STATED, "0"),
        (Comparison.ABOVE_UNCERTAIN, "1"),
        (Comparison.ABOVE, "1"),
    ],
)
def test_value_itself_decides_not_its_uncertainty(comparison: Comparison, failures: str) -> None:
    parameter = msgspec.structs.replace(MEASURED, comparison=comparison)
    document = msgspec.structs.replace(DOCUMENT, parameters=[parameter, BOUND])

    assert parsed(document, strict=True).get("failures") == failures


def test_hostile_texts_give_valid_xml() -> None:
    found = properties(case(parsed(HOSTILE_DOCUMENT, strict=True), "triggered_function_timeout"))

    assert found["measured_at"] is not None
    assert found["measured_at"].startswith("\\x1b[31m[bold red]=cmd|'/c calc'!A1[/]\\x00<&>\"\\ud800")
