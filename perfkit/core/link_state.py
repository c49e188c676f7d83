"""How the link was while an observation was taken (docs/method.md 12)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LinkStatus(StrEnum):
    """What the samples of the monitor say of one observation."""

    IN_SPECIFICATION = "in_specification"
    NOT_MET = (
        "not_met"  # a threshold was missed during the observation, whatever the clocks differ within the tolerance
    )
    UNCERTAIN = "uncertain"  # a threshold may have been missed during it
    INCOMPLETE = "incomplete"  # none was missed, one that applies was not measured
    NO_SAMPLE = "no_sample"  # nothing is known of the link
    NO_CLOCK = "no_clock"  # nothing tells how the log's clock and the monitor's belong together


class LinkSample(msgspec.Struct, frozen=True, gc=False):
    """A sample of the monitor and where it is written; `time_ns` is UTC since 1970."""

    time_ns: int
    value: float
    file: str
    line: int


class LinkAt(msgspec.Struct, frozen=True, gc=False):
    """The link beside one observation: the worst of the samples that speak for it (N1); None where there is none.

    `missed` names the thresholds that were missed, or may have been: latency, rssi, bandwidth. `tolerance_s` is how far
    the two clocks may differ.
    """

    status: LinkStatus
    latency_ms: LinkSample | None = None
    rssi_dbm: LinkSample | None = None
    technology: str | None = None
    samples: int = 0
    missed: tuple[str, ...] = ()
    tolerance_s: float | None = None


NO_CLOCK = LinkAt(LinkStatus.NO_CLOCK)
NO_SAMPLE = LinkAt(LinkStatus.NO_SAMPLE)
