"""`perfkit dongle`: what the radio device says, where it is, and putting it back after a killed run."""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from perfkit_probes.radio.base import (
    Identity,
    LinkState,
    ModeSettings,
    RadioDevice,
    SignalReading,
    Technology,
    TrafficCounters,
)

STATUS_SCHEMA_ID = "perfkit.dongle-status/1"
DETECT_SCHEMA_ID = "perfkit.dongle-detect/1"
EXIT_NO_DEVICE = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="model, SIM, registration, signal and mode", allow_abbrev=False)
    restore = actions.add_parser("restore", help="put back what a killed run left changed", allow_abbrev=False)
    detect = actions.add_parser("detect", help="what was looked at, and what answered", allow_abbrev=False)
    for one in (status, restore):
        one.add_argument(
            "--device", metavar="URI", help="auto, http://192.168.8.1, serial:///dev/ttyUSB0, serial://COM5"
        )
    status.add_argument("--record-raw", type=Path, metavar="FILE", help="keep the raw answers, numbers masked")
    for one in (status, detect):
        one.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; 0, or 3 where no device answers."""
    if arguments.action == "status":
        return _status(arguments.device or "auto", arguments.record_raw, as_json=arguments.json)
    if arguments.action == "restore":
        return _restore(arguments.device)
    return _detect(as_json=arguments.json)


def _status(uri: str, record_raw: Path | None, *, as_json: bool) -> int:
    from perfkit_probes.radio.switching.journal import Journal
    from perfkit_probes.radio.table import open_device, open_recording

    with ExitStack() as stack:
        recorder = stack.enter_context(open_recording(record_raw)) if record_raw is not None else None
        device = stack.enter_context(open_device(uri, recorder=recorder))
        look = _look(device)
    left = Journal().load(look.identity.key)
    if as_json:
        document = {"schema": STATUS_SCHEMA_ID, "uri": device.uri, **asdict(look)}
        document["settings"] = dict(look.settings.values)
        document["left_by_killed_run"] = None if left is None else dict(left.settings.values)
        print(json.dumps(document, indent=2, default=str))
        return 0
    print("\n".join(f"{name:<14}{value}" for name, value in _rows(device.uri, look)))
    if left is not None and left.settings != look.settings:
        print(f"a run of {left.started} was killed; `perfkit dongle restore` puts back {left.settings}")
    return 0


@dataclass(frozen=True)
class _Look:
    """Everything the device says."""

    identity: Identity
    link: LinkState
    signal: SignalReading
    technologies: tuple[Technology, ...]
    settings: ModeSettings
    counters: TrafficCounters | None


def _look(device: RadioDevice) -> _Look:
    return _Look(
        identity=device.identity(),
        link=device.link_state(),
        signal=device.signal(),
        technologies=device.modes(),
        settings=device.mode_settings(),
        counters=device.traffic_counters(),
    )


def _rows(uri: str, look: _Look) -> list[tuple[str, str]]:
    identity, link, counters = look.identity, look.link, look.counters
    address = link.wan_address or ("none" if link.reports_address else "not told by this firmware")
    traffic = "not counted by the device"
    if counters is not None:
        traffic = f"{counters.up_bytes} bytes up, {counters.down_bytes} bytes down since it connected"
    return [
        ("device", f"{identity.model} ({identity.hardware or 'hardware not told'}) at {uri}"),
        ("firmware", identity.firmware or "not told"),
        ("IMEI", identity.imei_masked or "not told"),
        ("SIM", f"{link.sim.value} (ICCID {identity.iccid_masked or 'not told'})"),
        ("registration", f"{link.registration.value}, {link.operator or 'no operator'}"),
        ("technology", f"{(link.technology or 'none').upper()} {link.rat or ''}".rstrip()),
        ("connection", f"{link.connection or 'not told'}, address {address}"),
        ("RSSI", _signal_text(look.signal)),
        ("offers", ", ".join(one.upper() for one in look.technologies)),
        ("mode", str(look.settings)),
        ("traffic", traffic),
    ]


def _signal_text(signal: SignalReading) -> str:
    if signal.rssi_dbm is None:
        return signal.reason or "not measured"
    parts = [f"{signal.bound or ''}{signal.rssi_dbm:g} dBm from {signal.source}"]
    others = {
        "CSQ": signal.csq,
        "HCSQ": signal.hcsq,
        "RSRP dBm": signal.rsrp_dbm,
        "RSRQ dB": signal.rsrq_db,
        "SINR dB": signal.sinr_db,
        "RSCP dBm": signal.rscp_dbm,
        "Ec/Io dB": signal.ecio_db,
    }
    parts += [f"{name} {value:g}" for name, value in others.items() if value is not None]
    return ", ".join(parts)


def _restore(uri: str | None) -> int:
    from perfkit_probes.radio.switching.guard import restore_from_journal
    from perfkit_probes.radio.table import detect, only_uri, open_device

    if uri == "auto":
        uri = only_uri(detect())
    told = restore_from_journal(open_device, uri=uri)
    print("\n".join(told) if told else "nothing to restore: no run was killed while a dongle was changed")
    return 0


def _detect(*, as_json: bool) -> int:
    from perfkit_probes.radio.table import NOTHING_FOUND, detect, driver_hint

    findings = detect()
    found = any(finding.uri for finding in findings)
    if as_json:
        document = {"schema": DETECT_SCHEMA_ID, "findings": [asdict(finding) for finding in findings]}
        print(json.dumps(document, indent=2))
    else:
        for finding in findings:
            print(f"{'found' if finding.uri else 'no   '}  {finding.place}: {finding.detail}")
            if finding.uri:
                print(f"       use it with --device {finding.uri}")
        if not found:
            print(f"\n{NOTHING_FOUND}\n{driver_hint()}")
    return 0 if found else EXIT_NO_DEVICE
