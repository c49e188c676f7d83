"""Follows the events of file after file, run after run, and adds up what they yield.

Nothing here knows a file or a document: readers' events come in, totals and records go out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from perfkit.core.policy import Policy, Verdicts
from perfkit.core.sample import Flag
from perfkit_analyzers.dialects.facts import Place
from perfkit_analyzers.ledger import RunLedger
from perfkit_analyzers.link.join import LinkJoin
from perfkit_analyzers.message import (
    LogEvent,
    Narration,
    NarrationKind,
    Role,
    Skipped,
    TestCaseEnded,
    TestCaseStarted,
)
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.rows import RowRef
from perfkit_analyzers.runs import Dut, RunResult
from perfkit_analyzers.totals import CampaignTotals, Record, RoleTotals, RunSummary
from perfkit_analyzers.tracker import RunTracker

Transactions = dict[str, Place]
"""Where each running transaction is, by its id."""

PROMPTS_LISTED: Final = 100
"""Prompts of a run whose time is listed in a result; all of them are counted."""


RecordSink = Callable[[Role | None, Record], None]
SkippedSink = Callable[[str, Skipped], None]
"""Takes the name of a file and a line of it that could not be read."""


class Campaign:
    """Adds up the events of file after file in `totals`."""

    def __init__(
        self,
        dut: Dut,
        policy: Policy,
        *,
        sink: RecordSink | None = None,
        skipped_sink: SkippedSink | None = None,
        link: LinkJoin | None = None,
    ) -> None:
        """`sink` gets every row once its run's verdict is known; without it rows are only counted.

        `skipped_sink` gets every skipped line. `link` puts the state of the link beside the rows.
        """
        self.dut = dut
        self.policy = policy
        self.totals = CampaignTotals()
        self._sink = sink
        self._skipped_sink = skipped_sink
        self._link = link
        self._payloads: dict[bytes, bytes] = {}

    def read(self, file: str, events: Iterable[LogEvent], transactions: Transactions | None = None) -> Transactions:
        """Take in the events of one file, or of a part of it that begins with a run.

        `transactions` are those that the run before the part left open; returned are those that the last run left open.
        """
        run: _RunInFile | None = None
        left_open: Transactions = transactions or {}
        for event in events:
            if type(event) is OcppMessage:
                if run is None:
                    run = self._begin(TestCaseStarted(event.line, event.stamp_ns), left_open)
                run.tracker.message(event)
            elif isinstance(event, Skipped):
                self.totals.skip(file, event)
                if self._skipped_sink is not None:
                    self._skipped_sink(file, event)
            elif isinstance(event, TestCaseStarted):
                run = self._begin(event, left_open)
            elif isinstance(event, TestCaseEnded):
                if run is not None:
                    left_open = self._end(file, run, event)
                run = None
            elif isinstance(event, Narration) and run is not None:
                run.narration(event)
        return left_open

    def _begin(self, started: TestCaseStarted, transactions: Transactions) -> _RunInFile:
        before = self.totals.by_role.get(started.sut) if started.sut is not None else None
        ledger = RunLedger(
            self.totals.rows + 1,
            keep=self._sink is not None or self._link is not None,
            known=before.totals if before is not None else None,
        )
        tracker = RunTracker(started, dut=self.dut, policy=self.policy, ledger=ledger, transactions=transactions)
        return _RunInFile(tracker)

    def _end(self, file: str, run: _RunInFile, ended: TestCaseEnded) -> Transactions:
        result, ledger = run.tracker.finish(ended), run.tracker.ledger
        totals = self.totals
        counts = self.counts(ended.verdict)
        totals.rows = ledger.next_number - 1
        if self._link is not None:
            ledger = self._link.joined(file, result, ledger, counts=counts, keep=self._sink is not None)
        if result.role is not None and result.left_out is None:
            of_role = totals.by_role.setdefault(result.role, RoleTotals())
            of_role.add(file, ledger, result.resolution_ns, counts=counts)
            totals.ocpp_versions[result.ocpp_version] += 1
        if self._sink is not None:
            for ref in ledger.kept:
                self._sink(result.role, _record(file, result, ref, counts=counts))
        for item in result.noted:  # runs ask for the same things again and again
            item.request = self._payloads.setdefault(item.request, item.request)
            item.answer = self._payloads.setdefault(item.answer, item.answer)
        totals.runs.append(run.summary(file, result))
        return run.tracker.left_open

    def counts(self, verdict: str | None) -> bool:
        """True when values of a run with this verdict enter the headline (docs/method.md 9)."""
        return self.policy.verdicts is Verdicts.ALL or verdict in (None, "PASS")


class _RunInFile:
    """A run being read: its tracker and what is counted beside it."""

    def __init__(self, tracker: RunTracker) -> None:
        self.tracker = tracker
        self.prompts = 0
        self.prompt_stamps_ns: list[int] = []
        self.clock_steps = 0
        self.phases: list[str] = []

    def narration(self, narration: Narration) -> None:
        """Count a line of narration and hand it on."""
        if narration.kind is NarrationKind.PROMPT:
            self.prompts += 1
            if narration.stamp_ns is not None and len(self.prompt_stamps_ns) < PROMPTS_LISTED:
                self.prompt_stamps_ns.append(narration.stamp_ns)
        elif narration.kind is NarrationKind.CLOCK_STEP:
            self.clock_steps += 1
        elif narration.kind.value in ("preparation", "main", "restore"):
            self.phases.append(narration.kind.value)
        self.tracker.narration(narration)

    def summary(self, file: str, result: RunResult) -> RunSummary:
        """The run without its rows."""
        return RunSummary(
            file, result, self.prompts, self.clock_steps, tuple(self.phases), tuple(self.prompt_stamps_ns)
        )


def _record(file: str, result: RunResult, ref: RowRef, *, counts: bool) -> Record:
    row = ref.row
    is_value = row.value_ns is not None
    flags = row.flags if counts or not is_value else (*row.flags, Flag.VERDICT)
    in_headline = is_value and counts and not row.separate
    started, ended = result.started, result.ended
    return Record(ref.number, row, file, started.test_case, ended.verdict, in_headline, flags)
