"""`perfkit emulate dongle`: an emulated Huawei E3372h on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from perfkit.core.errors import UsageError

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import of typing
if TYPE_CHECKING:
    from perfkit_probes.emulators.at import AtEmulator
    from perfkit_probes.emulators.hilink import HilinkEmulator
    from perfkit_probes.emulators.radio import Fault

_stopped = threading.Event()
EPILOG = """\
profiles: h153 (default), h153-old, h320, no-endpoint-token; with --kind at: e3372 (default), h320
faults:   --fault help lists them
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("--kind", choices=["hilink", "at"], default="hilink", help="firmware (default: %(default)s)")
    parser.add_argument("--profile", metavar="NAME", help="which firmware answers, see below")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="run N times as fast (default: 1)")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="do this wrong; may be repeated")
    parser.add_argument("--port", metavar="N", help="TCP port (hilink, default: a free one) or link name (at)")
    parser.add_argument("--rssi", type=int, metavar="DBM", help="RSSI in dBm instead of a usual one")
    parser.add_argument("--mode", default="00", help="NetworkMode it is found in: 00, 01, 02, 03 (default: 00)")
    parser.add_argument("--lte-band", default="7FFFFFFFFFFFFFFF", metavar="MASK", help="locked LTE bands, e.g. 80000")
    parser.add_argument("--show-signal", action="store_true", help="h153: answer levels, which stock firmware hides")


def run(arguments: argparse.Namespace) -> int:
    """Answer until Ctrl-C."""
    from perfkit_probes.emulators.radio import Fault, parse_faults

    if arguments.fault == ["help"]:
        print("\n".join(fault.value for fault in Fault))
        return 0
    if not 0 < arguments.speed <= 1000:
        raise UsageError(f"--speed {arguments.speed:g} is out of range; it is above 0 and at most 1000")
    faults = parse_faults(arguments.fault)
    signal.signal(signal.SIGTERM, lambda _number, _frame: _stopped.set())
    emulator = _hilink(arguments, faults) if arguments.kind == "hilink" else _at(arguments, faults)
    with emulator:
        uri = emulator.uri
        print(f"emulated dongle at {uri} (Ctrl-C ends it); in another terminal:", flush=True)
        print(f"  perfkit dongle status --device {uri}", flush=True)
        while not _stopped.wait(1.0):  # with a limit: else Windows would not see Ctrl-C
            pass
    return 0


def _hilink(arguments: argparse.Namespace, faults: frozenset[Fault]) -> HilinkEmulator:
    from perfkit_probes.emulators.hilink import HilinkEmulator, HilinkOptions

    port = arguments.port or "0"
    if not port.isdigit() or int(port) > 65_535:
        raise UsageError(f"--port {port} is no TCP port; it is a number up to 65535")
    options = HilinkOptions(
        profile=arguments.profile or "h153",
        speed=arguments.speed,
        faults=faults,
        hide_signal=False if arguments.show_signal else None,
        rssi_dbm=arguments.rssi,
        network_mode=arguments.mode,
        lte_band=arguments.lte_band,
    )
    return HilinkEmulator(options, port=int(port))


def _at(arguments: argparse.Namespace, faults: frozenset[Fault]) -> AtEmulator:
    from perfkit_probes.emulators.at import AtEmulator, AtOptions

    options = AtOptions(
        firmware=arguments.profile or "e3372",
        speed=arguments.speed,
        faults=faults,
        rssi_dbm=arguments.rssi,
        acquisition_order=arguments.mode,
        lte_band=arguments.lte_band,
    )
    return AtEmulator(options, port=Path(arguments.port) if arguments.port else None)
