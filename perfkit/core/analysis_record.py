"""The result document of `perfkit analyze`, schema `perfkit.analysis/1`: the only hand-off to reports and notebooks.

Durations are seconds, None (JSON null) is "not measured" or "not stated". The JSON Schema is generated from these
types.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from perfkit.core.configuration_record import (
    NO_CONFIGURATION,
    NO_IDENTITY,
    NO_TIMES,
    ConfigurationInfo,
    IdentityInfo,
    PayloadTimes,
)
from perfkit.core.network_join_record import NetworkJoin, ParameterLink
from perfkit.core.sample import Flag, Reason
from perfkit.core.tool_info import ToolInfo as ToolInfo
from perfkit.core.uncertainty import Comparison, UncertaintyTerm

SCHEMA = "perfkit.analysis/1"

Documented = msgspec.Meta


class Outcome(StrEnum):
    """What became of a parameter."""

    MEASURED = "measured"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"


class Place(msgspec.Struct, frozen=True):
    """Where in the inputs a row comes from; `row` is its number for --explain."""

    row: int
    file: str
    request_line: int
    from_line: int
    to_line: int | None


class ExcludedPlace(msgspec.Struct, frozen=True):
    """An excluded candidate and the lines of its ends."""

    row: int
    file: str
    combination: str
    request_line: int
    to_line: int | None


class ExclusionGroup(msgspec.Struct, frozen=True):
    """Candidates that one reason excluded. `rows` lists the first thousand of each run; --samples writes all."""

    reason: Reason
    rule: str
    explanation: str
    count: int
    rows: list[ExcludedPlace]


class FlagCount(msgspec.Struct, frozen=True):
    """How many values carry a flag."""

    flag: Flag
    rule: str
    explanation: str
    count: int


class Beside(msgspec.Struct, frozen=True):
    """The same observations seen in another way: median and maximum in seconds."""

    median_s: float
    max_s: float


class Combination(msgspec.Struct, frozen=True):
    """Statistics of one combination, e.g. `ReserveNow/StatusNotification`. `in_headline` is false for rows shown apart.

    `net` is without the tool's own answers to nested requests, `from_request` counts from the request where the
    value does not; None where either is the value itself.
    """

    name: str
    in_headline: bool
    count: int
    unanswered: int
    min_s: float | None
    median_s: float | None
    mean_s: float | None
    p95_s: float | None
    max_s: float | None
    max_at: Place | None
    net: Beside | None
    from_request: Beside | None


class ParameterResult(msgspec.Struct, frozen=True):
    """One performance parameter of Appendix A.4.

    `measured_s` is the headline by policy, unrounded. With `measured_is_lower_bound` a CALL waited longer than the
    largest value without an answer: `measured_s` is then that wait and the headline reads "> x s (no answer)".
    `reason` says why nothing was measured. `set_aside` counts values of runs without verdict PASS. `coverage` is
    the fraction of the population that the maximum covers with 95 % confidence. `net` and `from_request` as in a
    combination. `link` is the state of the link beside the values, None without --network.
    """

    key: str
    name: str
    definition: str
    clause: str
    applicable: bool
    outcome: Outcome
    reason: str | None
    stated_s: float | None
    stated_text: str | None
    measured_s: float | None
    measured_is_lower_bound: bool
    headline: str | None
    measured_at: Place | None
    comparison: Comparison | None
    count: int
    min_s: float | None
    median_s: float | None
    mean_s: float | None
    p95_s: float | None
    max_s: float | None
    coverage: float | None
    uncertainty_s: float | None
    uncertainty_terms: list[UncertaintyTerm]
    resolution_s: float | None
    unanswered: int
    longest_wait_s: float | None
    set_aside: int
    combinations: list[Combination]
    exclusions: list[ExclusionGroup]
    flags: list[FlagCount]
    net: Beside | None
    from_request: Beside | None
    link: ParameterLink | None = None


class Provenance(msgspec.Struct, frozen=True):
    """When and where the document was made; the only fields that differ between two runs on the same inputs."""

    created: str
    host: str
    platform: str
    python: str
    seconds: float


class DutInfo(msgspec.Struct, frozen=True):
    """The device under test as the PICS states it; `type_source` is "pics", "option" or "logs"."""

    type: str | None
    type_source: str | None
    product_subtype: str | None
    vendor: str | None
    model: str | None
    serial: str | None
    firmware: str | None
    milliseconds: bool | None
    communication_technology: str | None
    ocpp_versions: list[str]


class PicsInfo(msgspec.Struct, frozen=True):
    """The PICS file that was used."""

    path: str
    sha256: str


class PolicyDifference(msgspec.Struct, frozen=True):
    """A switch that is not at its default."""

    switch: str
    value: str
    default: str


class PolicyInfo(msgspec.Struct, frozen=True):
    """Every switch as written in a PICS file, and those that differ from the default."""

    values: dict[str, str]
    differences: list[PolicyDifference]


class InputInfo(msgspec.Struct, frozen=True):
    """An input that was read. lines = messages + narration + skipped."""

    path: str
    sha256: str
    format: str
    lines: int
    messages: int
    narration: int
    skipped: int
    runs: int


class IgnoredInput(msgspec.Struct, frozen=True):
    """A file that does not count: it is no log, or has the content of one that counts, whose path is `copy_of`."""

    path: str
    reason: str
    copy_of: str | None = None


class SkippedLine(msgspec.Struct, frozen=True):
    """A line that could not be read."""

    file: str
    line: int
    reason: str
    text: str


class SkippedInfo(msgspec.Struct, frozen=True):
    """Lines that could not be read: how many, by reason, and the first thousand."""

    count: int
    share: float
    threshold: float
    reasons: dict[str, int]
    lines: list[SkippedLine]


class AnomalyInfo(msgspec.Struct, frozen=True):
    """Messages that are odd without spoiling a value; up to ten lines per kind."""

    kind: str
    explanation: str
    count: int
    lines: list[int]


class RunInfo(msgspec.Struct, frozen=True):
    """One run of a test case. Times are the log's own clock, ISO 8601 without zone unless it is known.

    `prompt_times` are when the operator was asked to act, the first hundred of `prompts`. `clocks` are the places
    in `network.clocks` of how the log's clock belongs to the monitor's: one, or one for each stretch between its steps.
    """

    file: str
    first_line: int
    last_line: int
    test_case: str | None
    title: str | None
    verdict: str | None
    role: str | None
    role_source: str | None
    left_out: str | None
    ocpp_version: str | None
    build: str | None
    configuration: str | None
    profiles: list[str]
    start: str | None
    end: str | None
    date_source: str | None
    utc_offset_s: int | None
    resolution_s: float
    messages: int
    prompts: int
    phases: list[str]
    clock_steps: int
    anomalies: list[AnomalyInfo]
    notes: list[str]
    prompt_times: list[str] = []
    clocks: list[int] = []


class ToolTime(msgspec.Struct, frozen=True):
    """How long the tool itself took to answer the DUT: part of the set-up."""

    count: int
    median_s: float | None
    p95_s: float | None
    max_s: float | None


class StillToMeasure(msgspec.Struct, frozen=True):
    """A combination without a value, and the test cases that would produce one; none are known for OCPP 2.x."""

    parameter: str
    combination: str
    test_cases: list[str]


class AnalysisDocument(msgspec.Struct, frozen=True):
    """The whole result. `basis` is "OCPP 1.6" (official parameters) or "by analogy" (2.0.1, 2.1: none are official)."""

    schema: str
    tool: ToolInfo
    provenance: Provenance
    method: str
    basis: str
    dut: DutInfo
    pics: PicsInfo | None
    policy: PolicyInfo
    inputs: list[InputInfo]
    ignored_inputs: list[IgnoredInput]
    runs: list[RunInfo]
    parameters: list[ParameterResult]
    still_to_measure: list[StillToMeasure]
    tool_time: ToolTime
    skipped: SkippedInfo
    warnings: list[str]
    complete: Annotated[bool, Documented(description="every applicable parameter has a value")]
    configuration: ConfigurationInfo = NO_CONFIGURATION
    identity: IdentityInfo = NO_IDENTITY
    payload_times: PayloadTimes = NO_TIMES
    network: NetworkJoin | None = None


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(AnalysisDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
