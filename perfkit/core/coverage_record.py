"""The document of `perfkit coverage`, schema `perfkit.coverage/1`: which test cases of the plan the logs cover."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.configuration_record import IdentityInfo, LogPlace, Severity
from perfkit.core.plan_record import PlannedCase

SCHEMA = "perfkit.coverage/1"


class CaseState(StrEnum):
    """What the logs say of a test case; each is a word, so that a matrix can be read without colour."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NO_VERDICT = "no verdict"
    TO_REPEAT = "to repeat"  # passed, but before a change of the DUT (5.5)
    MISSING = "missing"
    UNDECIDED = "undecided"  # not run, and the PICS does not tell whether it applies
    OPTIONAL_NOT_RUN = "optional, not run"
    NOT_APPLICABLE = "not applicable"
    NOT_APPLICABLE_RUN = "not applicable, but run"

    @property
    def symbol(self) -> str:
        """One character for a narrow matrix."""
        return _SYMBOLS[self]


_SYMBOLS = {
    CaseState.PASSED: "+",
    CaseState.FAILED: "x",
    CaseState.INCONCLUSIVE: "~",
    CaseState.NO_VERDICT: "!",
    CaseState.TO_REPEAT: "r",
    CaseState.MISSING: "o",
    CaseState.UNDECIDED: "?",
    CaseState.OPTIONAL_NOT_RUN: "-",
    CaseState.NOT_APPLICABLE: ".",
    CaseState.NOT_APPLICABLE_RUN: "#",
}


class CaseRun(msgspec.Struct, frozen=True):
    """A run of a test case, in the order in which they were made. `counts`: false before a change of the DUT (5.5)."""

    verdict: str | None
    start: str | None
    firmware: str | None
    build: str | None
    configuration: str | None
    counts: bool
    place: LogPlace


class CoveredCase(msgspec.Struct, frozen=True):
    """A test case of the plan with its runs. `note` says what a reader must know of them (a pass after a failure)."""

    planned: PlannedCase
    state: CaseState
    runs: list[CaseRun]
    note: str | None

    @property
    def failed_as_it_should(self) -> bool:
        """True where Appendix C wants this DUT to fail, and it did."""
        return self.planned.should_fail and self.state is CaseState.FAILED


class UnknownRun(msgspec.Struct, frozen=True):
    """A run whose test case is not in Appendix C for the type of the DUT; `nearest` is the id probably meant."""

    test_case: str | None
    verdict: str | None
    reason: str
    nearest: str | None
    place: LogPlace


class ChangeKind(StrEnum):
    """What changed between two runs."""

    FIRMWARE = "firmware"
    HARDWARE = "hardware"  # vendor or model
    SERIAL = "serial number"
    TOOL_BUILD = "build of the tool"
    TOOL_CONFIGURATION = "configuration of the tool"


class CampaignChange(msgspec.Struct, frozen=True):
    """A change between two runs and what the test procedure says of it.

    `full_retest`: runs before it count no longer (5.5). Else the laboratory judges.
    """

    kind: ChangeKind
    before: str
    after: str
    place: LogPlace
    full_retest: bool
    clause: str
    consequence: str


class ResetRuns(msgspec.Struct, frozen=True):
    """The utility test case 000_RESET between test cases (7.2.2): `without` are runs that none passed before.

    `logged` is false when the logs hold no run of it at all; `without` is then empty.
    """

    logged: bool
    runs: int
    passed: int
    without: list[LogPlace]


class Remaining(msgspec.Struct, frozen=True):
    """What is still to be done for an exit criterion, and why."""

    item: str
    reason: str


class ExitCriterion(msgspec.Struct, frozen=True):
    """An exit criterion of the test procedure; it is met when nothing remains."""

    clause: str
    text: str
    met: bool
    done: int
    needed: int
    remaining: list[Remaining]


class CoverageFinding(msgspec.Struct, frozen=True):
    """What contradicts the PICS or the procedure, or needs a sentence in the report."""

    severity: Severity
    message: str
    clause: str
    place: LogPlace | None


class CoverageDocument(msgspec.Struct, frozen=True):
    """The whole coverage. `complete`: every exit criterion is met."""

    schema: str
    perfkit: str
    procedure: str
    pics: str | None
    dut_type: str
    dut: str | None
    certificates: list[str]
    runs: int
    other_runs: int
    in_time_order: bool
    cases: list[CoveredCase]
    counts: dict[str, int]
    unknown_runs: list[UnknownRun]
    changes: list[CampaignChange]
    resets: ResetRuns
    criteria: list[ExitCriterion]
    findings: list[CoverageFinding]
    identity: IdentityInfo
    complete: bool


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(CoverageDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
