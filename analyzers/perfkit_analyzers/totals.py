"""What runs added up to: per role and parameter, with provenance; parts of the input are joined here.

Values only, which go from process to process; the events are followed in `campaign`.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from perfkit.core.sample import Flag, Reason, Row
from perfkit_analyzers.histogram import Histogram
from perfkit_analyzers.ledger import EXCLUSIONS_LISTED, PartKey, RunLedger, Total
from perfkit_analyzers.message import Role, Skipped
from perfkit_analyzers.noted import shift
from perfkit_analyzers.rows import RowRef, Shift
from perfkit_analyzers.runs import RunResult

SKIPPED_LISTED = 1000
"""Skipped lines listed in a result; all of them are counted."""


class Record(msgspec.Struct, frozen=True):
    """A row with the run that it belongs to."""

    number: int
    row: Row
    file: str
    test_case: str | None
    verdict: str | None
    in_headline: bool
    flags: tuple[Flag, ...]


class RunSummary(msgspec.Struct, frozen=True):
    """A run without its rows."""

    file: str
    result: RunResult
    prompts: int
    clock_steps: int
    phases: tuple[str, ...]
    prompt_stamps_ns: tuple[int, ...]


class Exclusions(msgspec.Struct):
    """Excluded rows of one parameter and reason: all counted, the first thousand listed."""

    count: int = 0
    rows: list[tuple[str, RowRef]] = []


class RoleTotals(msgspec.Struct):
    """Everything the runs of one role yielded; `set_aside` counts values that the verdict keeps out of the headline."""

    totals: dict[PartKey, Total] = {}
    exclusions: dict[tuple[str, Reason], Exclusions] = {}
    set_aside: Counter[str] = msgspec.field(default_factory=Counter)
    tool_times: Histogram = msgspec.field(default_factory=Histogram)
    runs: int = 0

    def add(self, file: str, ledger: RunLedger, resolution_ns: int, *, counts: bool) -> None:
        """Take in a run; `counts` is false when its verdict keeps it out of the headline."""
        self.runs += 1
        for key, part in ledger.parts.items():
            if counts:
                self._total(key).add(part, file, resolution_ns)
            else:
                self.set_aside[key[0]] += part.values.counts().total() + part.censored
        for reason_key, excluded in ledger.exclusions.items():
            group = self.exclusions.setdefault(reason_key, Exclusions())
            group.count += excluded.count
            group.rows += [(file, ref) for ref in excluded.rows[: max(0, EXCLUSIONS_LISTED - len(group.rows))]]
        self.tool_times.merge(ledger.tool_times)

    def merge(self, other: RoleTotals, shift: Shift) -> None:
        """Take in the totals of a later part of the input."""
        self.runs += other.runs
        for key, total in other.totals.items():
            self._total(key).merge(total, shift)
        for reason_key, group in other.exclusions.items():
            mine = self.exclusions.setdefault(reason_key, Exclusions())
            mine.count += group.count
            room = max(0, EXCLUSIONS_LISTED - len(mine.rows))
            mine.rows += [(file, shift.ref(ref)) for file, ref in group.rows[:room]]
        self.set_aside.update(other.set_aside)
        self.tool_times.merge(other.tool_times)

    def _total(self, key: PartKey) -> Total:
        total = self.totals.get(key)
        if total is None:
            total = self.totals[key] = Total()
        return total


class CampaignTotals(msgspec.Struct):
    """What the files, or a part of them, added up to; `rows` were numbered, from 1."""

    runs: list[RunSummary] = []
    by_role: dict[Role, RoleTotals] = {}
    skipped: list[tuple[str, Skipped]] = []
    skip_reasons: Counter[str] = msgspec.field(default_factory=Counter)
    ocpp_versions: Counter[str] = msgspec.field(default_factory=Counter)
    rows: int = 0

    def skip(self, file: str, skipped: Skipped) -> None:
        """Count a line that could not be read."""
        self.skip_reasons[skipped.reason] += 1
        if len(self.skipped) < SKIPPED_LISTED:
            self.skipped.append((file, skipped))

    def merge(self, later: CampaignTotals, *, lines_before: int = 0) -> None:
        """Take in a later part of the input; `lines_before` are the lines of its file that are not in it."""
        shift = Shift(self.rows, lines_before)
        for role, totals in later.by_role.items():
            self.by_role.setdefault(role, RoleTotals()).merge(totals, shift)
        self.runs += [_shifted(run, lines_before) for run in later.runs] if lines_before else later.runs
        room = max(0, SKIPPED_LISTED - len(self.skipped))
        self.skipped += [
            (file, msgspec.structs.replace(s, line=s.line + lines_before)) for file, s in later.skipped[:room]
        ]
        self.skip_reasons.update(later.skip_reasons)
        self.ocpp_versions.update(later.ocpp_versions)
        self.rows += later.rows


def _shifted(run: RunSummary, lines: int) -> RunSummary:
    result = run.result
    result.started = msgspec.structs.replace(result.started, line=result.started.line + lines)
    result.ended = msgspec.structs.replace(result.ended, line=result.ended.line + lines)
    for shown in result.anomalies.lines.values():
        shown[:] = [line + lines for line in shown]
    shift(result.noted, result.payload_times, lines)
    return run
