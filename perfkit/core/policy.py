"""The choices that the test procedure leaves open, with their defaults.

Chapter 8 and Appendix A.4 of the OCPP 1.6 Test Procedure name the parameters but not every detail of their
measurement. Each open detail is one switch here; docs/method.md says what it decides. A report prints every switch
that differs from its default, so that two laboratories can see why their figures differ.

No switch: the confidence of the coverage statement, which is always 95 % (docs/method.md 10).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class TriggeredStart(StrEnum):
    """Where the triggered function timeout starts (docs/method.md 5, T1)."""

    CONF = "conf"  # the DUT's answer, as in the example of test procedure 8.2.1
    REQ = "req"  # the tool's request


class Aggregate(StrEnum):
    """Which statistic of the observations is the headline (docs/method.md 10)."""

    MAX = "max"
    P95 = "p95"
    MEDIAN = "median"


class TriggerFwDiag(StrEnum):
    """Triggered Diagnostics- and FirmwareStatusNotification: own row, or in the headline (docs/method.md 5, T2)."""

    SEPARATE = "separate"
    INCLUDE = "include"


class Multi(StrEnum):
    """Which status of a set of connectors ends the interval when connectorId is 0 (docs/method.md 5, T2)."""

    LAST = "last"  # the function is complete
    FIRST = "first"


class Verdicts(StrEnum):
    """Which runs count in the headline, by their verdict (docs/method.md 9)."""

    PASS = "pass"  # noqa: S105 - the verdict, not a password
    ALL = "all"


class Inclusion(StrEnum):
    """Whether a kind of observation counts."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


class NetworkUse(StrEnum):
    """What becomes of a value taken while the link missed a threshold (docs/method.md 12, N3)."""

    FLAG = "flag"
    EXCLUDE = "exclude"


class Difference(msgspec.Struct, frozen=True):
    """A switch that is not at its default; both values as they are written in the PICS file."""

    switch: str
    value: str
    default: str

    def __str__(self) -> str:
        """Say it in one line, e.g. `triggered_start: req (default conf)`."""
        return f"{self.switch}: {self.value} (default {self.default})"


class Policy(msgspec.Struct, frozen=True):
    """All switches; `Policy()` is the default method.

    Attributes:
        triggered_start: start of the triggered function timeout (docs/method.md 5, T1).
        aggregate: statistic shown as the headline (docs/method.md 10).
        trigger_fw_diag: triggered firmware and diagnostics status: own row, or headline (docs/method.md 5, T2).
        multi: last or first status of a set of connectors (docs/method.md 5, T2).
        verdicts: whether runs with another verdict than PASS count in the headline (docs/method.md 9).
        digits: decimals of a measured value printed beside a stated one, rounded up; None: as many as
            the vendor stated.
        queue_tolerance_s: how far a payload time may lie before its request until the message counts as queued
            (docs/method.md 8).
        call_errors: whether a CALLERROR counts as a response in the headline (docs/method.md 3, P2).
        reason_absent: whether a StopTransaction without reason counts after RemoteStopTransaction (docs/method.md 7).
        network_jitter_s: standard deviation of the round-trip time, a term of the uncertainty (docs/method.md 10);
            None: not measured, the term is left out.
        tool_delay_s: upper bound of the tool's delay between wire and stamp, rectangular from 0 at each end, so that
            the difference of two stamps has u = tool_delay_s·√(2/12) (docs/method.md 10).
        network: whether values taken while the link missed a threshold are flagged or excluded (docs/method.md 12, N3).
        log_clock: zone that the log's clock shows, as `perfkit.core.log_clock` spells it (docs/method.md 12, N2);
            None: it is taken from the tool's own messages.
        log_clock_offset_s: how far the clock of the tool's host is ahead of the monitor's (docs/method.md 12, N2).
        log_clock_tolerance_s: how far the two clocks may differ beyond that (docs/method.md 12, N2).
    """

    triggered_start: TriggeredStart = TriggeredStart.CONF
    aggregate: Aggregate = Aggregate.MAX
    trigger_fw_diag: TriggerFwDiag = TriggerFwDiag.SEPARATE
    multi: Multi = Multi.LAST
    verdicts: Verdicts = Verdicts.PASS
    digits: int | None = None
    queue_tolerance_s: float = 4.0
    call_errors: Inclusion = Inclusion.INCLUDE
    reason_absent: Inclusion = Inclusion.EXCLUDE
    network_jitter_s: float | None = None
    tool_delay_s: float = 0.025
    network: NetworkUse = NetworkUse.FLAG
    log_clock: str | None = None
    log_clock_offset_s: float = 0.0
    log_clock_tolerance_s: float = 2.0

    def differences(self) -> list[Difference]:
        """The switches that are not at their default, in the order of the attributes."""
        mine, default = self.as_written(), DEFAULT_POLICY.as_written()
        return [Difference(switch, mine[switch], default[switch]) for switch in mine if mine[switch] != default[switch]]

    def as_written(self) -> dict[str, str]:
        """Every switch with its value as it is written in a PICS file (`null` for None)."""
        values = msgspec.structs.asdict(self)
        return {switch: _written(value) for switch, value in values.items()}


def _written(value: object) -> str:
    if value is None:
        return "null"
    return format(value, "g") if isinstance(value, float) else str(value)


DEFAULT_POLICY = Policy()
