"""`perfkit monitor`: how the link was during the measurement, recorded beside OCTT."""

from __future__ import annotations

import argparse
import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.campaign_option import add_campaign
from perfkit.cli.duration import duration_s
from perfkit.cli.responder import KEY_VARIABLE
from perfkit.core.errors import DeviceError, UsageError

if TYPE_CHECKING:
    from perfkit.cli.monitor_view import MonitorView
    from perfkit_probes.monitor.plan import MonitorPlan
    from perfkit_probes.monitor.radio_link import RadioLink
    from perfkit_probes.monitor.record_file import RecordFile
    from perfkit_probes.monitor.sources.table import Setup

EXIT_ENDED = 0
EXIT_NOTHING_MEASURED = 4

EPILOG = """\
Without a far end nothing is sent. The record is JSON lines, appended and never overwritten (perfkit schema monitor);
`perfkit analyze --network FILE` shows each figure beside the state of the link at that moment.

exit codes:
  0  ended: Ctrl-C, SIGTERM, or --duration is over
  2  the command is invalid, or the record cannot be written
  4  ended, but something that was asked for could never be measured

examples:
  perfkit monitor --dongle --to octt.lab --out link.jsonl        beside the station
  perfkit monitor --ocpp-port 9000 --out link.jsonl              on OCTT's machine: no extra byte (Linux)
  perfkit monitor --interface eth1 --to octt.lab --campaign c    into c/network/
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EPILOG
    where = parser.add_argument_group("what to watch")
    where.add_argument("--dongle", action="store_true", help="the radio device that is plugged in")
    where.add_argument("--device", metavar="URI", help="auto, http://192.168.8.1, serial:///dev/ttyUSB0, serial://COM5")
    where.add_argument("--interface", metavar="IF", help="packets leave through this network interface")
    where.add_argument("--to", metavar="HOST[:PORT]", help="the responder for small probes (port 9310)")
    where.add_argument("--key", metavar="TEXT", help="the responder's key, if it has one (or PERFKIT_RESPONDER_KEY)")
    where.add_argument(
        "--ocpp-port",
        type=_port,
        action="append",
        default=[],
        metavar="N",
        help="watch the OCPP connections on this TCP port of this computer; may be repeated",
    )
    how = parser.add_argument_group("how often, and for how much")
    how.add_argument("--interval", type=duration_s, default=10.0, metavar="TIME", help="between two looks (10s)")
    how.add_argument("--bandwidth-every", type=duration_s, metavar="TIME", help="also the bandwidth (45 to 90 kB each)")
    how.add_argument("--max-bytes-per-hour", type=_bytes, metavar="N", help="IP bytes, both directions (120000)")
    how.add_argument("--duration", type=duration_s, metavar="TIME", help="end after this time (default: Ctrl-C)")
    out = parser.add_argument_group("output")
    out.add_argument("--out", type=Path, metavar="FILE", help="append the record to this file")
    add_campaign(out, "append it to network/monitor-LABEL.jsonl in this campaign folder")
    out.add_argument("--label", metavar="TEXT", help="name of this end of the link, e.g. station or octt")
    out.add_argument("--quiet", action="store_true", help="no view; only what happens, on standard error (services)")


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no TCP port; it is a number from 1 to 65535")
    return int(text)


def _bytes(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes; it is a whole number above 0")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Watch until somebody or --duration ends it; 0, or 4 when something could never be measured."""
    from perfkit.cli.monitor_view import view_of
    from perfkit_probes.monitor.allowance import Allowance
    from perfkit_probes.monitor.record_file import AppendedFile, RecordFile
    from perfkit_probes.monitor.sources.table import Setup

    plan = plan_of(arguments)
    path = record_path(arguments)
    radio = _radio(plan)
    setup = Setup(plan, Allowance(plan.cap_bytes_per_hour), radio)
    with RecordFile(AppendedFile(path)) as file:
        view = view_of(plan, path, is_quiet=arguments.quiet)
        view.tell(_price(plan))
        if radio is not None:
            _look_for(radio, view)
        _watch(setup, file, view)
        if file.waiting_lines:
            view.tell(f"{file.waiting_lines} lines could not be written to {path}: {file.trouble}")
    view.tell(view.tally.summary())
    return EXIT_ENDED if view.tally.has_all(plan) else EXIT_NOTHING_MEASURED


def plan_of(arguments: argparse.Namespace) -> MonitorPlan:
    """What the options ask for.

    Raises:
        UsageError: they contradict each other, or nothing is to be watched.
    """
    from perfkit_probes.monitor.plan import MonitorPlan, checked
    from perfkit_probes.path import parse_target

    plan = MonitorPlan(
        interval_s=arguments.interval,
        device=arguments.device or ("auto" if arguments.dongle else None),
        interface=arguments.interface,
        target=parse_target(arguments.to) if arguments.to else None,
        key=arguments.key or os.environ.get(KEY_VARIABLE) or None,
        ports=tuple(dict.fromkeys(arguments.ocpp_port)),
        bandwidth_interval_s=arguments.bandwidth_every,
        max_bytes_per_hour=arguments.max_bytes_per_hour,
        duration_s=arguments.duration,
        label=arguments.label,
    )
    return checked(plan)


def record_path(arguments: argparse.Namespace) -> Path:
    """The file to append to; in a campaign one for each end of the link, so that a restart goes on in it.

    Raises:
        UsageError: neither a file nor a campaign is named, or the campaign is missing.
    """
    from perfkit.core.campaign_folder import CampaignFolder

    out: Path | None = arguments.out
    if out is not None:
        return out
    if arguments.campaign is None:
        raise UsageError("the record needs a file: --out FILE, or --campaign DIR for a campaign folder")
    campaign = CampaignFolder(arguments.campaign).existing()
    word = re.sub(r"[^\w.]+", "-", arguments.label or platform.node()).strip("-.")
    campaign.network.mkdir(exist_ok=True)
    return campaign.network / f"monitor-{word or 'link'}.jsonl"


def _price(plan: MonitorPlan) -> str:
    """What will be spent, before it is."""
    if plan.target is None:
        return "nothing is sent: the link is watched from this computer alone"
    free = " while no OCPP connection tells the latency" if plan.ports else ""
    return (
        f"at most {plan.planned_bytes_per_hour / 1000:.1f} kB per hour are planned (IP bytes, both directions){free}; "
        f"the cap is {plan.cap_bytes_per_hour / 1000:.1f} kB in any hour"
    )


def _radio(plan: MonitorPlan) -> RadioLink | None:
    from perfkit_probes.monitor.radio_link import RadioLink
    from perfkit_probes.radio.base import RadioDevice
    from perfkit_probes.radio.table import open_device

    uri = plan.device
    if uri is None:
        return None

    def opened() -> RadioDevice:
        return open_device(uri)

    return RadioLink(opened, plan.target, interface=plan.interface)


def _look_for(radio: RadioLink, view: MonitorView) -> None:
    """Open the device; one that is away is waited for, since a service may start before it is plugged in."""
    try:
        radio.open()
    except DeviceError as error:
        view.tell(f"{error}; it is waited for")
    else:
        view.tell(f"{radio.identity.model if radio.identity else 'device'} at {radio.uri}")


def _watch(setup: Setup, file: RecordFile, view: MonitorView) -> None:
    """One session."""
    from perfkit.cli.stop_request import StopRequest
    from perfkit_probes.monitor.moments import SystemMonitorClock
    from perfkit_probes.monitor.sampler import Outlets, Sampler
    from perfkit_probes.monitor.session import begin, header, watch
    from perfkit_probes.monitor.sources.clock_state import clock_state
    from perfkit_probes.monitor.sources.table import sources_of

    sources, left_out = sources_of(setup)
    with StopRequest() as stop:
        clock = SystemMonitorClock(stop.event)
        now = clock.now()
        first = header(setup, left_out, clock_state(), now)
        begin(file, first, now)
        sampler = Sampler(sources, Outlets(file, view), clock=clock, allowance=setup.allowance)
        with view.following(first):
            watch(sampler, clock, lambda: stop.reason, duration_s=setup.plan.duration_s)
