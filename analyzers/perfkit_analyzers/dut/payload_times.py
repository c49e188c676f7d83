"""Whether the time stamps that the DUT writes into its messages have fractions of a second."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from perfkit.core.configuration_record import LogPlace, PayloadTimes
from perfkit_analyzers.dut.noted_runs import noted, place, runs_of_dut
from perfkit_analyzers.message import Role
from perfkit_analyzers.noted import PayloadTimesSeen
from perfkit_analyzers.totals import RunSummary


class _BootAnswer(msgspec.Struct, frozen=True, rename="camel"):
    current_time: str | None = None


def payload_times(runs: Sequence[RunSummary], role: Role | None) -> PayloadTimes:
    """Of a station: status and transaction messages. Of a CSMS: its answers to BootNotification."""
    mine, _ = runs_of_dut(runs, role)
    count = with_fraction = 0
    first: LogPlace | None = None
    for run in mine:
        seen = run.result.payload_times if role is Role.CHARGING_STATION else _of_csms(run)
        count += seen.count
        with_fraction += seen.with_fraction
        if first is None and seen.first_without is not None:
            first = place(run, seen.first_without)
    return PayloadTimes(count, with_fraction, first)


def _of_csms(run: RunSummary) -> PayloadTimesSeen:
    seen = PayloadTimesSeen()
    for _, item in noted([run], "BootNotification"):
        try:
            answer = msgspec.json.decode(item.answer, type=_BootAnswer, strict=False)
        except (msgspec.ValidationError, msgspec.DecodeError):
            continue
        if answer.current_time:
            seen.see(answer.current_time, item.answer_line)
    return seen
