"""Which test cases of Appendix C a PICS asks for, and which values of the performance parameters they yield."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.core.errors import UsageError
from perfkit.core.pics.expression import Facts
from perfkit.core.pics.model import CertificateScope, DutType, Pics, ProductSubtype
from perfkit.core.plan.facts import facts_of
from perfkit.core.plan.row import Block, Group, Row
from perfkit.core.plan.samples import Samples, SampleSource
from perfkit.core.plan.table import rows
from perfkit.core.plan_record import PROCEDURE, SCHEMA, Applicability, PlanDocument, PlannedCase, Requirement
from perfkit.core.version import VERSION

_APPLICABILITY = {
    True: Applicability.APPLIES,
    False: Applicability.DOES_NOT_APPLY,
    None: Applicability.UNDECIDED,
}


def plan(
    pics: Pics,
    sources: Sequence[SampleSource] = (),
    *,
    wanted_n: int = 1,
    have: Mapping[tuple[str, str], int] | None = None,
    already_run: frozenset[str] = frozenset(),
) -> PlanDocument:
    """The test cases for the DUT that a PICS describes.

    `sources` say which test cases yield which values; `have` counts the values measured already by parameter and
    combination, `already_run` names the test cases that were run.

    Raises:
        UsageError: the PICS does not say what the DUT is.
    """
    dut_type = pics.dut.type
    if dut_type is None:
        raise UsageError(f"{pics.source or 'the PICS'} does not state dut.type: charging_station or csms")
    facts = facts_of(pics)
    of_type = tuple(source for source in sources if dut_type.value in source.dut_types)
    planner = _Planner(dut_type, facts, of_type)
    cases = [planner.case(block, group, row) for block, group, row in rows() if row.requirement(dut_type) is not None]
    samples = Samples(of_type, cases, have or {}, already_run)
    return PlanDocument(
        schema=SCHEMA,
        perfkit=VERSION,
        procedure=PROCEDURE,
        pics=pics.source,
        dut_type=dut_type.value,
        dut=dut_name(pics),
        certificates=certificates(pics, facts),
        cases=cases,
        left_out=sum(1 for _ in rows()) - len(cases),
        missing_keys=list(dict.fromkeys(key for case in cases for key in case.missing_keys)),
        wanted_n=wanted_n,
        samples=samples.plan(wanted_n),
        extra_runs=samples.extra_runs(wanted_n),
    )


def dut_name(pics: Pics) -> str | None:
    """Vendor and model of the PICS; None if it states neither."""
    return " ".join(part for part in (pics.dut.vendor, pics.dut.model) if part) or None


def certificates(pics: Pics, facts: Facts) -> list[str]:
    """The certificates that the PICS applies for, in words."""
    scope = pics.profiles.certificate
    words = {CertificateScope.FULL: "OCPP 1.6 (full)", CertificateScope.SUBSET: "OCPP 1.6 (subset)"}
    named = [words[scope]] if scope else ["OCPP 1.6 (full or subset not stated)"]
    return [*named, "OCPP 1.6 Security"] if facts["security.certificate"] else named


class _Planner:
    """Judges the rows of Appendix C for one DUT."""

    def __init__(self, dut_type: DutType, facts: Facts, sources: Sequence[SampleSource]) -> None:
        self._dut_type = dut_type
        self._facts = facts
        self._sources = sources

    def case(self, block: Block, group: Group, row: Row) -> PlannedCase:
        """A row with its fate; it must have a letter in the column of the DUT."""
        condition = block.condition(row, self._dut_type)
        return PlannedCase(
            test_case=row.test_case,
            number=row.number,
            title=row.title,
            block=block.title,
            group=group.title,
            requirement=self._requirement(row),
            condition=condition.words or None,
            clause=block.clause,
            applicability=_APPLICABILITY[condition.truth(self._facts)],
            missing_keys=list(condition.missing(self._facts)),
            remark=row.remark,
            samples=[sample for source in self._sources for sample in source.samples_of(row.test_case)],
            should_fail=self._should_fail(row),
        )

    def _should_fail(self, row: Row) -> bool:
        is_station = self._dut_type is DutType.CHARGING_STATION
        return is_station and row.should_fail_when is not None and row.should_fail_when.truth(self._facts) is True

    def _requirement(self, row: Row) -> Requirement:
        is_mode_1_2 = self._facts.get("dut.product_subtype") == ProductSubtype.MODE_1_2_ONLY
        if row.mandatory_for_mode_1_2 and is_mode_1_2:
            return Requirement.MANDATORY
        return row.requirement(self._dut_type) or Requirement.OPTIONAL
