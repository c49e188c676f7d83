"""One session of the monitor, from its header to its end."""

from __future__ import annotations

import platform
import secrets
import time
from collections.abc import Callable

from perfkit.core.errors import UsageError
from perfkit.core.monitor_record import SCHEMA, ClockState, Session
from perfkit.core.network_record import THRESHOLDS
from perfkit.core.tool_info import ToolInfo
from perfkit.core.version import VERSION
from perfkit_probes.link_record import device_record
from perfkit_probes.monitor.moments import Moment, MonitorClock
from perfkit_probes.monitor.record_file import RecordFile
from perfkit_probes.monitor.sampler import TICK_S, Sampler
from perfkit_probes.monitor.sources.connections import PERIOD_S as PASSIVE_PERIOD_S
from perfkit_probes.monitor.sources.probe import PACKET_BYTES
from perfkit_probes.monitor.sources.table import Setup


def header(setup: Setup, left_out: dict[str, str], clock: ClockState, now: Moment) -> Session:
    """The header of a session that begins now; `left_out` says by field why a source is not asked."""
    plan, radio = setup.plan, setup.radio
    device = device_record(radio.identity, radio.uri) if radio and radio.identity and radio.uri else None
    reasons = dict(left_out)
    if radio is not None and device is None:
        reasons["device"] = "it did not answer when the session began"
    return Session(
        schema=SCHEMA,
        session=secrets.token_hex(4),
        time=now.time,
        monotonic_s=now.monotonic_s,
        tool=ToolInfo("perfkit", VERSION),
        host=platform.node(),
        platform=platform.system(),
        utc_offset_s=time.localtime(now.wall_ns // 1_000_000_000).tm_gmtoff,
        label=plan.label,
        interface=setup.interface(),
        device=device,
        target=None if plan.target is None else str(plan.target),
        ports=list(plan.ports),
        interval_s=plan.interval_s,
        passive_interval_s=None if "connections" in left_out else PASSIVE_PERIOD_S,
        bandwidth_interval_s=plan.bandwidth_interval_s,
        packet_bytes=PACKET_BYTES,
        planned_bytes_per_hour=plan.planned_bytes_per_hour,
        max_bytes_per_hour=plan.cap_bytes_per_hour,
        thresholds=THRESHOLDS,
        clock=clock,
        reasons=reasons,
    )


def begin(file: RecordFile, first: Session, now: Moment) -> None:
    """Write the header.

    Raises:
        UsageError: the disk does not take it; a session that cannot begin is better not begun.
    """
    file.write([first], now)
    if file.trouble is not None:
        raise UsageError(f"the record cannot be written: {file.trouble}")


def watch(sampler: Sampler, clock: MonitorClock, is_over: Callable[[], str | None], *, duration_s: float | None) -> str:
    """Look once a second until `is_over` says why it is to end, or `duration_s` is over; returns why."""
    begun = clock.now()
    due_s = begun.monotonic_ns / 1e9
    while True:
        why = is_over()
        if why is None and duration_s is not None and clock.now().seconds_since(begun) >= duration_s:
            why = f"its {duration_s:g} s are over"
        if why is not None:
            sampler.end(why)
            return why
        sampler.tick()
        now_s = clock.now().monotonic_ns / 1e9
        due_s = max(due_s + TICK_S, now_s)  # after a hold-up: no crowd of looks to make up for it
        clock.sleep(due_s - now_s)
