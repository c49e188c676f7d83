"""Durations with and without unit: what is accepted, exactly what it is worth, and what is said otherwise."""

from __future__ import annotations

import pytest

from perfkit.core.errors import PicsError
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import StatedValue


@pytest.mark.parametrize(
    ("written", "value_s", "decimals"),
    [
        ("2", 2.0, 0),
        ("2.50", 2.5, 2),
        ("2.", 2.0, 0),
        (".5", 0.5, 1),
        ("2 s", 2.0, 0),
        ("1.5s", 1.5, 1),
        ("500 ms", 0.5, 3),
        ("500ms", 0.5, 3),
        ("1500.5 ms", 1.5005, 4),
        ("'2.50'", 2.5, 2),
        ('" 2 s "', 2.0, 0),
        ("86400", 86400.0, 0),
        ("1e3", 1000.0, 0),
        ("1.0e-05", 0.00001, 6),
        ("0.12345678901", 0.12345678901, 9),
    ],
)
def test_stated_durations(written: str, value_s: float, decimals: int) -> None:
    stated = load_pics(f"performance: {{response_timeout: {written}}}", "p").performance.response_timeout
    assert stated == StatedValue(value_s, decimals, written.strip("'\" "))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "found '0' ["),
        ("0 ms", "found '0 ms' ["),
        ("-1", "found '-1' ["),
        ("86400.001", "found '86400.001' ["),
        ("86400001 ms", "found '86400001 ms' ["),
        ("5 min", "found '5 min'; the unit is s or ms, not 'min' ["),
        ("2 S", "found '2 S'; the unit is s or ms, not 'S' ["),
        ("1:30", "found '1:30'; the unit is s or ms, not ':30' ["),
        ("'1,5'", "found '1,5'; write a decimal point ["),
        ("010", "found '010'; '010' is not a decimal number ["),
        ("1_000", "found '1_000'; '1_000' is not a decimal number ["),
        ("1.2.3", "found '1.2.3'; '1.2.3' is not a decimal number ["),
        ("0x10", "found '0x10'; the unit is s or ms, not 'x10' ["),
        (".inf", "found '.inf'; the unit is s or ms, not 'inf' ["),
        (".nan", "found '.nan'; the unit is s or ms, not 'nan' ["),
        ("1e9999", "found '1e9999'; '1e9999' is not a decimal number ["),
        ("'.'", "found '.'; '.' is not a decimal number ["),
        ("ms", "found 'ms' ["),
        ("yes", "found 'yes' ["),
        ("fast", "found 'fast' ["),
        ("''", "found '' ["),
        ("x" * 100, "found '" + "x" * 39 + "…' ["),
    ],
)
def test_durations_that_are_refused(written: str, said: str) -> None:
    with pytest.raises(PicsError) as caught:
        load_pics(f"performance:\n  response_timeout: {written}\n", "p")
    expected = "expected seconds, more than 0 and at most 86400 (2, 2.50, 2 s, 500 ms)"
    assert str(caught.value) == f"p:2:21: performance.response_timeout: {expected}, {said}A.4, 8.2.1]"


@pytest.mark.parametrize(("written", "value_s"), [("0", 0.0), ("0.025", 0.025), ("10 ms", 0.01), ("1 s", 1.0)])
def test_durations_of_the_policy_may_be_zero(written: str, value_s: float) -> None:
    assert load_pics(f"policy: {{tool_delay_s: {written}}}", "p").policy.tool_delay_s == value_s


@pytest.mark.parametrize(("written", "number"), [("2", 2), ("2.0", 2), ("1000", 1000), ("+3", 3)])
def test_whole_numbers(written: str, number: int) -> None:
    assert load_pics(f"dut: {{connectors: {written}}}", "p").dut.connectors == number


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("1.10", "1.10"),
        ("2024-05-01", "2024-05-01"),
        ("'null'", "null"),
        ("'No'", "No"),
        ("'a  b '", "a b"),
        ("12", "12"),
    ],
)
def test_text_stays_as_it_is_written(written: str, text: str) -> None:
    assert load_pics(f"dut: {{firmware: {written}}}", "p").dut.firmware == text


def test_text_has_an_end() -> None:
    assert load_pics(f"dut: {{vendor: {'x' * 200}}}", "p").dut.vendor == "x" * 200
    with pytest.raises(PicsError, match="201 characters are too many, 200 are allowed"):
        load_pics(f"dut: {{vendor: {'x' * 201}}}", "p")


@pytest.mark.parametrize(
    ("written", "value"), [("yes", True), ("TRUE", True), ("'on'", True), ("No", False), ("off", False)]
)
def test_yes_and_no(written: str, value: bool) -> None:
    assert load_pics(f"dut: {{fixed_cable: {written}}}", "p").dut.fixed_cable is value


def test_a_member_that_is_listed_twice_counts_once() -> None:
    generations = load_pics("communication: {mobile_generations: [4g, 2g, LTE]}", "p").communication.mobile_generations
    assert [str(generation) for generation in generations] == ["4g", "2g"]


def test_every_wrong_member_of_a_list_is_found() -> None:
    with pytest.raises(PicsError) as caught:
        load_pics("communication:\n  mobile_generations: [1g, 2g, [], ~]\n", "p")
    assert [(finding.line, finding.column) for finding in caught.value.findings] == [(2, 24), (2, 32), (2, 36)]
