"""The noted exchanges of all runs of the DUT, in the order in which the runs were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfkit.core.configuration_record import LogPlace
from perfkit_analyzers.message import Role
from perfkit_analyzers.noted import Noted
from perfkit_analyzers.totals import RunSummary


def runs_of_dut(runs: Sequence[RunSummary], role: Role | None) -> tuple[list[RunSummary], bool]:
    """Runs of the DUT in the order of their first messages, and True; without dates in that of the files, and False.

    Runs that were left out as a whole, or are of the other role, are not among them.
    """
    mine = [run for run in runs if run.result.role is role and run.result.left_out is None]
    telling = [run for run in mine if run.result.noted]
    if any(run.result.started.date_source is None or run.result.first_stamp_ns is None for run in telling):
        return mine, False
    return sorted(mine, key=lambda run: run.result.first_stamp_ns or run.result.last_stamp_ns or 0), True


def noted(runs: Sequence[RunSummary], *actions: str) -> Iterator[tuple[RunSummary, Noted]]:
    """What was noted of these actions, run by run."""
    for run in runs:
        for item in run.result.noted:
            if item.action in actions:
                yield run, item


def place(run: RunSummary, line: int) -> LogPlace:
    """A line of a run."""
    return LogPlace(run.file, line, run.result.started.test_case)
