from __future__ import annotations

import msgspec
import pytest

from perfkit.core.analysis_record import AnalysisDocument, PolicyDifference, PolicyInfo
from perfkit.core.policy import Multi, Policy, TriggeredStart
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.explanation import render
from perfkit.report.rules import rules_of
from perfkit_analyzers.parameters.table import PARAMETERS
from tests.perfkit.report.documents import DOCUMENT, HOSTILE, HOSTILE_DOCUMENT, Sample, response_row

REQUEST_NS = 1_780_000_000_000_000_000  # 2026-05-28T20:26:40
TRIGGERED = msgspec.structs.replace(
    response_row(),
    parameter="triggered_function_timeout",
    combination="ReserveNow/StatusNotification",
    from_line=4,
    value_ns=612_000_000,
    from_request_ns=751_000_000,
    first_ns=120_000_000,
    net_ns=600_000_000,
    phase="main",
    stamp_ns=REQUEST_NS,
)
RAW = {3: "request line", 4: "answer line", 5: "status line"}


def shown(sample: Sample, document: AnalysisDocument = DOCUMENT) -> list[str]:
    return [" ".join(line.split()) for line in render(sample, document, RAW).splitlines()]


def test_value_is_traced_to_its_lines_and_stamps() -> None:
    lines = shown(Sample(7, TRIGGERED))

    assert lines[:2] == ["Row 7: Triggered function, ReserveNow/StatusNotification", "0.612 s"]
    start = lines.index("Lines of a.log")
    assert lines[start + 1 : start + 7] == [
        *("request a.log:3", "request line", "start a.log:4", "answer line", "end a.log:5", "status line")
    ]
    start = lines.index("Arithmetic")
    assert lines[start + 1 : start + 8] == [
        "request 2026-05-28 20:26:40.000",
        "start 2026-05-28 20:26:40.139",
        "end 2026-05-28 20:26:40.751",
        "value end - start = 0.612 s",
        "from request 0.751 s (end - request)",
        "first member 0.12 s (the first of several connectors)",
        "net 0.6 s (without the tool's own answers in between)",
    ]


def test_rules_flags_run_and_contribution_are_named() -> None:
    lines = shown(Sample(7, TRIGGERED, flags=(Flag.TARGET_ALT,)))

    assert any(line.startswith("T1 starts at the DUT's answer") for line in lines)
    assert any(line.startswith("T2 TARGET_ALT: another status") for line in lines)
    assert "test case TC_001_CS Cold Boot" in lines
    assert "verdict PASS" in lines
    assert "phase main" in lines
    assert "the headline of Triggered function and its combination ReserveNow/StatusNotification" in lines
    assert "it is the headline: 0.6123 s" in lines
    assert "it is the largest value of ReserveNow/StatusNotification" in lines


def test_switches_of_the_policy_change_the_rules_and_are_named() -> None:
    policy = Policy(triggered_start=TriggeredStart.REQ, multi=Multi.FIRST)
    differences = [PolicyDifference("triggered_start", "req", "conf")]
    document = msgspec.structs.replace(DOCUMENT, policy=PolicyInfo(policy.as_written(), differences))

    lines = shown(Sample(7, TRIGGERED), document)

    assert any(line.startswith("T1 starts at the request;") for line in lines)
    assert any(line.startswith("T2 ends") and "at the first" in line for line in lines)
    assert "policy triggered_start: req (default conf)" in lines


def test_exclusion_says_its_reason_and_has_no_value() -> None:
    row = msgspec.structs.replace(TRIGGERED, kind=RowKind.EXCLUSION, value_ns=None, reason=Reason.NOOP, from_line=3)

    lines = shown(Sample(9, row, in_headline=False))

    assert lines[1] == "excluded, NOOP: the connector already had the wanted status: silence is legal"
    assert "decided by a.log:5" in lines
    assert "no value: the row is excluded" in lines
    assert "nothing; excluded as NOOP: 3 requests of this parameter" in lines


def test_wait_without_answer_is_a_bound() -> None:
    row = response_row(35_000_900_000, kind=RowKind.CENSORED, to_line=None)

    lines = shown(Sample(1, row))

    assert lines[1] == "more than 35.0009 s, a lower bound: no answer came"
    assert "value end - request >= 35.0009 s" in lines
    assert "P5 without an answer the wait is a lower bound" in lines


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (
            Sample(1, response_row(), in_headline=False, flags=(Flag.VERDICT,)),
            "nothing: set aside because of the run's verdict (policy verdicts)",
        ),
        (
            Sample(1, response_row(separate=True), in_headline=False),
            "its combination Reset, which is shown apart from the headline",
        ),
    ],
    ids=["verdict", "separate"],
)
def test_value_outside_the_headline_says_why(sample: Sample, expected: str) -> None:
    assert expected in shown(sample)


def test_line_that_is_gone_is_said() -> None:
    assert "(the line cannot be read any more)" in render(Sample(7, TRIGGERED), DOCUMENT, {})


def test_hostile_lines_stay_text() -> None:
    text = render(Sample(7, TRIGGERED, file=HOSTILE), HOSTILE_DOCUMENT, {3: HOSTILE, 4: HOSTILE, 5: HOSTILE})

    assert all(character.isprintable() or character == "\n" for character in text)


def test_every_parameter_has_rules() -> None:
    for parameter in PARAMETERS:
        assert len(rules_of(parameter.key, Policy().as_written())) > 1
