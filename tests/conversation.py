"""A conversation in the notation of `tests.vectors`, analysed in memory: rows as the hand would write them."""

from __future__ import annotations

import io
from dataclasses import dataclass

import msgspec

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult
from perfkit.core.pics.model import Dut, DutType, Pics, ProductSubtype, StatedValue, StatedValues
from perfkit.core.policy import Policy
from perfkit.core.sample import RowKind
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.message import Role
from perfkit_analyzers.totals import Record
from tests.vectors import Expected, octt


@dataclass(frozen=True)
class Measured:
    """What perfkit makes of a log."""

    document: AnalysisDocument
    records: tuple[Record, ...]

    def rows(self, parameter: str) -> tuple[Expected, ...]:
        """Rows of a parameter in the order of their requests."""
        mine = [record for record in self.records if record.row.parameter == parameter]
        return tuple(as_expected(record) for record in sorted(mine, key=lambda record: record.row.request_line))

    def result(self, parameter: str) -> ParameterResult:
        """Result of a parameter."""
        (found,) = (entry for entry in self.document.parameters if entry.key == parameter)
        return found


def as_expected(record: Record) -> Expected:
    """A row as the vectors write it; every exclusion names the line that decided."""
    row = record.row
    value_ms = None if row.value_ns is None else row.value_ns // 10**6
    assert value_ms is None or value_ms * 10**6 == row.value_ns
    reason = row.reason.value if row.reason and row.kind is RowKind.EXCLUSION else None
    lines = (row.request_line, row.from_line, row.to_line)
    return Expected(row.kind.value, row.combination, value_ms, lines, reason, frozenset(f.value for f in record.flags))


def measured(log: str, *, pics: Pics | None = None, role: Role | None = None) -> Measured:
    """Analysis of a whole log."""
    records: list[Record] = []
    stdin = io.BytesIO(log.encode())
    analysis = analyze(["-"], pics=pics, role=role, sink=lambda _, record: records.append(record), stdin=stdin)
    return Measured(analysis.document, tuple(records))


def told(
    body: str, *, test_case: str = "TC_000_CS", verdict: str | None = "PASS", pics: Pics | None = None
) -> Measured:
    """Analysis of one run: line 1 is its start, so that line n of the body is line n + 1."""
    return measured(octt(body, test_case=test_case, verdict=verdict), pics=pics)


def pics_of(
    policy: Policy | None = None,
    *,
    dut_type: DutType | None = None,
    connectors: int | None = None,
    mode_1_2_only: bool = False,
    **stated_s: float,
) -> Pics:
    """A PICS with what a test states."""
    subtype = ProductSubtype.MODE_1_2_ONLY if mode_1_2_only else ProductSubtype.NONE
    stated = {key: StatedValue(value_s, 3, f"{value_s:g} s") for key, value_s in stated_s.items()}
    dut = Dut(type=dut_type, connectors=connectors, product_subtype=subtype)
    return Pics(dut=dut, performance=msgspec.convert(stated, StatedValues), policy=policy or Policy())
