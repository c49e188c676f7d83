"""Result documents and rows with known content, written by hand."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from perfkit.core.analysis_record import (
    SCHEMA,
    AnalysisDocument,
    AnomalyInfo,
    Beside,
    Combination,
    DutInfo,
    ExclusionGroup,
    FlagCount,
    IgnoredInput,
    InputInfo,
    Outcome,
    ParameterResult,
    PicsInfo,
    Place,
    PolicyDifference,
    PolicyInfo,
    Provenance,
    RunInfo,
    SkippedInfo,
    SkippedLine,
    StillToMeasure,
    ToolInfo,
    ToolTime,
)
from perfkit.core.policy import Policy
from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit.core.uncertainty import Comparison, UncertaintyTerm

HOSTILE = "\x1b[31m[bold red]=cmd|'/c calc'!A1[/]\x00<&>\"\ud800\n"
"""Colour codes, rich markup, a formula, control characters, XML, half a surrogate, a line end."""


@dataclass(frozen=True)
class Sample:
    """A row with its run, as the analysis hands it to outputs."""

    number: int
    row: Row
    file: str = "a.log"
    test_case: str | None = "TC_001_CS"
    verdict: str | None = "PASS"
    in_headline: bool = True
    flags: tuple[Flag, ...] = ()


def response_row(value_ns: int | None = 612_000_000, **rest: object) -> Row:
    row = Row("response_timeout", RowKind.OBSERVATION, "Reset", 3, 3, 5, value_ns, stamp_ns=1_000_000_000)
    return msgspec.structs.replace(row, **rest)


NOT_MEASURED = ParameterResult(
    key="remote_stop_authorization_time",
    name="Stop time",
    definition="From request to request.",
    clause="8.2.1, A.4",
    applicable=True,
    outcome=Outcome.NOT_MEASURED,
    reason="all 2 candidates were excluded",
    stated_s=4.0,
    stated_text="4",
    measured_s=None,
    measured_is_lower_bound=False,
    headline=None,
    measured_at=None,
    comparison=None,
    count=0,
    min_s=None,
    median_s=None,
    mean_s=None,
    p95_s=None,
    max_s=None,
    coverage=None,
    uncertainty_s=None,
    uncertainty_terms=[],
    resolution_s=None,
    unanswered=0,
    longest_wait_s=None,
    set_aside=0,
    combinations=[],
    exclusions=[ExclusionGroup(Reason.OPERATOR, "T9", Reason.OPERATOR.sentence, 2, [])],
    flags=[],
    net=None,
    from_request=None,
)

NOT_APPLICABLE = msgspec.structs.replace(
    NOT_MEASURED,
    key="authorize_response_time",
    name="Response time Authorize",
    applicable=False,
    outcome=Outcome.NOT_APPLICABLE,
    reason="csms only (A.4)",
    stated_s=None,
    stated_text=None,
    exclusions=[],
)


def combination(name: str, max_s: float, **rest: object) -> Combination:
    place = Place(7, "a.log", 3, 3, 5)
    return msgspec.structs.replace(
        Combination(name, True, 2, 0, 0.1, 0.2, 0.3, max_s, max_s, place, None, None), **rest
    )


MEASURED = msgspec.structs.replace(
    NOT_MEASURED,
    key="triggered_function_timeout",
    name="Triggered function",
    outcome=Outcome.MEASURED,
    reason=None,
    stated_s=0.5,
    stated_text="0.5",
    measured_s=0.6123,
    headline="0.6123 s",
    measured_at=Place(7, "a.log", 3, 4, 5),
    comparison=Comparison.ABOVE,
    count=26,
    min_s=0.1,
    median_s=0.2,
    mean_s=0.25,
    p95_s=0.3,
    max_s=0.6123,
    coverage=0.891,
    uncertainty_s=0.0204,
    uncertainty_terms=[UncertaintyTerm("resolution", 0.0004, "stamps")],
    resolution_s=0.001,
    set_aside=2,
    combinations=[combination("ReserveNow/StatusNotification", 0.6123), combination("Apart/X", 0.9, in_headline=False)],
    exclusions=[ExclusionGroup(Reason.NOOP, "T4", Reason.NOOP.sentence, 3, [])],
    flags=[FlagCount(Flag.TARGET_ALT, "T2", Flag.TARGET_ALT.sentence, 1)],
    net=Beside(0.19, 0.5901),
    from_request=Beside(0.31, 0.751),
)

BOUND = msgspec.structs.replace(
    MEASURED,
    key="response_timeout",
    name="Response",
    stated_s=None,
    stated_text=None,
    measured_s=35.0009,
    measured_is_lower_bound=True,
    headline="> 35.0009 s (no answer)",
    comparison=Comparison.NOT_STATED,
    count=1,
    unanswered=1,
    longest_wait_s=35.0009,
)

SINGLE = msgspec.structs.replace(
    MEASURED,
    key="remote_start_authorization_time",
    name="Start time",
    stated_s=1.5,
    stated_text="1500 ms",
    measured_s=1.488,
    headline="1.488 s",
    comparison=Comparison.WITHIN_UNCERTAIN,
    count=1,
)

RUN = RunInfo(
    file="a.log",
    first_line=1,
    last_line=9,
    test_case="TC_001_CS",
    title="Cold Boot",
    verdict="PASS",
    role="charging_station",
    role_source="header",
    left_out=None,
    ocpp_version="1.6",
    build="b1",
    configuration=None,
    profiles=["Core"],
    start="2026-06-08T05:21:40.108",
    end="2026-06-08T05:21:41.342",
    date_source="header",
    utc_offset_s=None,
    resolution_s=0.001,
    messages=10,
    prompts=0,
    phases=["main"],
    clock_steps=0,
    anomalies=[AnomalyInfo("ORPHAN", "answer to no open CALL (P4)", 2, [6, 8])],
    notes=[],
)

DOCUMENT = AnalysisDocument(
    schema=SCHEMA,
    tool=ToolInfo("perfkit", "1.2.3"),
    provenance=Provenance("2026-06-20T10:00:00+00:00", "host", "Linux", "3.11.7", 0.25),
    method="docs/method.md",
    basis="OCPP 1.6",
    dut=DutInfo("charging_station", "pics", "none", "Heliodyn", "HD-22", "S1", "3.4.1", True, "mobile", ["1.6"]),
    pics=PicsInfo("perf.yaml", "0" * 64),
    policy=PolicyInfo(Policy().as_written(), []),
    inputs=[InputInfo("a.log", "1" * 64, "octt-text", 1200, 10, 1188, 2, 1)],
    ignored_inputs=[IgnoredInput("notes.txt", "not a log of a known format")],
    runs=[RUN],
    parameters=[MEASURED, BOUND, NOT_APPLICABLE, SINGLE, NOT_MEASURED],
    still_to_measure=[
        StillToMeasure("remote_stop_authorization_time", "Stop/Stop", [f"TC_{n:03}_CS" for n in range(12)])
    ],
    tool_time=ToolTime(3, 0.012, 0.013, 0.013),
    skipped=SkippedInfo(2, 0.1667, 0.05, {"JSON ends inside a string": 2}, [SkippedLine("a.log", 5, "JSON", "[2,")]),
    warnings=["the log resolves only 1 s"],
    complete=False,
)


def hostile(value: object) -> object:
    """`value` (built-ins) with every free text replaced by HOSTILE."""
    if isinstance(value, dict):
        return {key: inner if key in _FIXED else hostile(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner) for inner in value]
    return HOSTILE if isinstance(value, str) else value


_FIXED = {"key", "outcome", "comparison", "reason", "flag", "schema", "basis", "type_source", "values", "created"}

HOSTILE_DOCUMENT = msgspec.convert(hostile(msgspec.to_builtins(DOCUMENT)), AnalysisDocument)

DIFFERENT_POLICY = PolicyInfo(Policy(digits=2).as_written(), [PolicyDifference("digits", "2", "null")])
