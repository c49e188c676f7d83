"""A run: what it is measured for and what it yielded."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit_analyzers.message import Role, TestCaseEnded, TestCaseStarted
from perfkit_analyzers.noted import Noted, PayloadTimesSeen


class AnomalyKind(StrEnum):
    """What is odd about a message without spoiling a row."""

    ORPHAN = "ORPHAN"  # an answer to no open CALL
    RETRY = "RETRY"  # a transaction message sent again
    ROLE = "ROLE"  # a message that the role under test neither sends nor gets
    PAYLOAD = "PAYLOAD"  # a payload of another shape than the standard's


class Anomalies(msgspec.Struct):
    """Anomalies counted, with the lines of the first few of each kind."""

    counts: dict[AnomalyKind, int] = {}
    lines: dict[AnomalyKind, list[int]] = {}

    def add(self, kind: AnomalyKind, line: int) -> None:
        """Count one."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        shown = self.lines.setdefault(kind, [])
        if len(shown) < 10:
            shown.append(line)


class Dut(msgspec.Struct, frozen=True):
    """What the measurement needs to know of the device under test, from the PICS."""

    role: Role | None = None
    connector_count: int | None = None
    mode_1_2_only: bool = False


class RunResult(msgspec.Struct):
    """A finished run: what it was and what it yielded.

    `left_out` says why the run yielded nothing as a whole (`role_mismatch`, `role_unknown`, `role_contradiction`).
    """

    started: TestCaseStarted
    ended: TestCaseEnded
    role: Role | None
    role_source: str | None
    ocpp_version: str
    anomalies: Anomalies
    messages: int
    first_stamp_ns: int | None
    last_stamp_ns: int | None
    resolution_ns: int
    left_out: str | None
    notes: tuple[str, ...]
    noted: list[Noted]
    payload_times: PayloadTimesSeen
