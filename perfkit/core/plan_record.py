"""The document of `perfkit plan`, schema `perfkit.plan/1`: which conformance test cases a PICS asks for."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

SCHEMA = "perfkit.plan/1"
PROCEDURE = "OCPP 1.6 Test Procedure & Test Plans V1.2.0"

Documented = msgspec.Meta


class Requirement(StrEnum):
    """Column of Appendix C: mandatory, conditional, optional."""

    MANDATORY = "M"
    CONDITIONAL = "C"
    OPTIONAL = "O"


class Applicability(StrEnum):
    """Whether a test case is to be executed for the DUT that the PICS describes."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does not apply"
    UNDECIDED = "cannot be decided"


class YieldedSample(msgspec.Struct, frozen=True):
    """A value of a performance parameter (A.4) that a run of the test case produces."""

    parameter: str
    combination: str


class PlannedCase(msgspec.Struct, frozen=True):
    """A row of Appendix C for the type of the DUT.

    `number` is that of the table, None where the table has none (security). `condition` says in words when the row
    applies, None if always; `missing_keys` are the keys of the PICS without which that cannot be decided. `remark`
    holds what else the table says of the row; `should_fail`: it says that this DUT should fail the test case.
    """

    test_case: str
    number: int | None
    title: str
    block: str
    group: str
    requirement: Requirement
    condition: str | None
    clause: str
    applicability: Applicability
    missing_keys: list[str]
    remark: str | None
    samples: list[YieldedSample]
    should_fail: bool = False


class SamplePlan(msgspec.Struct, frozen=True):
    """What the plan yields for one combination of a performance parameter, one value counted for each run.

    `have` values are measured already (0 without a result document), `from_plan` come from running each test case that
    applies and has not been run yet once; `short` are missing beyond that to the wanted n. `test_cases` apply and yield
    the combination.
    """

    parameter: str
    combination: str
    have: int
    from_plan: int
    short: int
    test_cases: list[str]


class ExtraRuns(msgspec.Struct, frozen=True):
    """Further runs of a test case, beyond one each, towards the wanted n, and the combinations that they serve."""

    test_case: str
    runs: int
    combinations: list[str]


class PlanDocument(msgspec.Struct, frozen=True):
    """The whole plan. `certificates` are those that the PICS applies for; `left_out` counts rows of the other type."""

    schema: str
    perfkit: str
    procedure: str
    pics: str | None
    dut_type: str
    dut: str | None
    certificates: list[str]
    cases: list[PlannedCase]
    left_out: int
    missing_keys: list[str]
    wanted_n: Annotated[int, Documented(description="values wanted per combination of a performance parameter")]
    samples: list[SamplePlan]
    extra_runs: list[ExtraRuns]


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(PlanDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
