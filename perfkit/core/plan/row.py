"""What a row of Appendix C is."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.pics.expression import ALWAYS, AllOf, Expression, Stated
from perfkit.core.pics.model import DutType
from perfkit.core.plan_record import Requirement

M, C, O = Requirement.MANDATORY, Requirement.CONDITIONAL, Requirement.OPTIONAL  # noqa: E741 - as the table has them


@dataclass(frozen=True, slots=True)
class Row:
    """A test case: columns of the table for station and CSMS (None: blank), and when it applies.

    `when` is the condition for a station, `when_csms` that for a CSMS (the remarks speak of the station; a CSMS meets
    every station). `mandatory_for_mode_1_2`: the remark makes it mandatory for Mode 1/2-only stations.
    `should_fail_when`: the remark wants a station to fail it then; None: never. `remark` holds what the table says
    beside the condition, or what a reader must know of it.
    """

    test_case: str
    number: int | None
    title: str
    station: Requirement | None
    csms: Requirement | None = None
    when: Expression = ALWAYS
    when_csms: Expression = ALWAYS
    mandatory_for_mode_1_2: bool = False
    should_fail_when: Expression | None = None
    remark: str | None = None

    def requirement(self, dut_type: DutType) -> Requirement | None:
        """The column of this type; None: blank, no test case for it."""
        return self.station if dut_type is DutType.CHARGING_STATION else self.csms

    def condition(self, dut_type: DutType) -> Expression:
        """When the row applies to this type, apart from what its block needs."""
        return self.when if dut_type is DutType.CHARGING_STATION else self.when_csms


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading of the table."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A feature profile or the security certificate: its groups, and the condition that all of its rows share."""

    title: str
    clause: str
    groups: tuple[Group, ...]
    when: Expression = ALWAYS

    def condition(self, row: Row, dut_type: DutType) -> AllOf:
        """When a row of this block applies."""
        parts = (self.when, row.condition(dut_type))
        return AllOf(*(part for part in parts if part is not ALWAYS))


def yes(key: str, words: str) -> Stated:
    """The PICS says yes to a key."""
    return Stated(key, (True,), words)
