"""`perfkit emulate link`: a link of known rate, delay, jitter, loss and queue in front of a responder."""

from __future__ import annotations

import argparse
import signal
import time

from perfkit.core.errors import UsageError

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import of typing
if TYPE_CHECKING:
    from types import FrameType

    from perfkit_probes.emulators.link_shaper import LinkSetting

_LOOK_S = 0.5

EPILOG = """\
settings: gprs 5 kB/s 400 ms, edge 25 kB/s 150 ms, 3g 400 kB/s 40 ms, lte 5000 kB/s 20 ms (IP bytes, one way)

The relay needs no privileges and is good for some milliseconds and 1 %. --tun makes two network
namespaces, exact to parts of a millisecond; it needs Linux and root.

  perfkit responder &
  perfkit emulate link --setting edge --to 127.0.0.1:9310 --listen 127.0.0.1:9400
  perfkit network --to 127.0.0.1:9400
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("--setting", metavar="NAME", default="edge", help="see below (default: %(default)s)")
    parser.add_argument("--rate", type=float, metavar="KB_S", help="kB/s of IP bytes, both ways")
    parser.add_argument("--up-rate", type=float, metavar="KB_S", help="kB/s towards the responder")
    parser.add_argument("--down-rate", type=float, metavar="KB_S", help="kB/s from the responder")
    parser.add_argument("--delay", type=float, metavar="MS", help="one-way delay")
    parser.add_argument("--jitter", type=float, metavar="MS", help="width of a uniform extra delay, order kept")
    parser.add_argument("--loss", type=float, metavar="PERCENT", help="packets lost by chance, each way")
    parser.add_argument("--queue", type=float, metavar="KB", help="queue in front of the line")
    parser.add_argument("--bucket", type=float, metavar="KB", help="token bucket: so much passes at line rate first")
    parser.add_argument("--block-udp", action="store_true", help="drop UDP (relay only)")
    parser.add_argument("--to", metavar="HOST:PORT", default="127.0.0.1", help="responder (default: 127.0.0.1:9310)")
    parser.add_argument("--listen", metavar="ADDR:PORT", default="127.0.0.1:9400", help="default: %(default)s")
    parser.add_argument("--tun", metavar="NAME", help="two network namespaces NAME-a and NAME-b instead of a relay")


def run(arguments: argparse.Namespace) -> int:
    """Emulate until Ctrl-C or SIGTERM."""
    up, down = link_settings(arguments)
    before = signal.signal(signal.SIGTERM, _end)
    try:
        if arguments.tun:
            _tun(up, down, arguments.tun)
        else:
            _relay(up, down, arguments)
    except KeyboardInterrupt:
        print("link emulator ended")
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def link_settings(arguments: argparse.Namespace) -> tuple[LinkSetting, LinkSetting]:
    """Both directions: the named setting with what the options change.

    Raises:
        UsageError: There is no such setting, or a value that no link has.
    """
    from dataclasses import replace

    from perfkit_probes.emulators.link_shaper import SETTINGS

    if arguments.setting not in SETTINGS:
        raise UsageError(f"there is no setting {arguments.setting!r}; there are {', '.join(SETTINGS)}")
    scales = {"delay_s": (arguments.delay, 1e-3), "jitter_s": (arguments.jitter, 1e-3), "loss": (arguments.loss, 0.01)}
    sizes = {"queue_bytes": arguments.queue, "bucket_bytes": arguments.bucket}
    changes = {name: value * scale for name, (value, scale) in scales.items() if value is not None}
    whole = {name: int(value * 1000) for name, value in sizes.items() if value is not None}
    base = replace(SETTINGS[arguments.setting], **changes, **whole)
    rates = [one if one is not None else arguments.rate for one in (arguments.up_rate, arguments.down_rate)]
    up, down = (base if rate is None else replace(base, rate_bytes_s=rate * 1000) for rate in rates)
    return up, down


def _relay(up: LinkSetting, down: LinkSetting, arguments: argparse.Namespace) -> None:
    from perfkit_probes.emulators.link_relay import LinkRelay, RelaySetting
    from perfkit_probes.path import parse_target

    where, target = parse_target(arguments.listen), parse_target(arguments.to)
    setting = RelaySetting(up, down, udp_blocked=arguments.block_udp)
    with LinkRelay(setting, (target.host, target.port), host=where.host, port=where.port) as relay:
        print(f"emulated link on {where.host}:{relay.port} to {target} (Ctrl-C ends it): {_told(up, down)}", flush=True)
        print(f"  perfkit network --to {where.host}:{relay.port}", flush=True)
        _wait()


def _tun(up: LinkSetting, down: LinkSetting, name: str) -> None:
    from perfkit_probes.emulators.link_tun import tun_link

    if not name.isalnum() or len(name) > 32:
        raise UsageError(f"--tun {name} is no name for namespaces; letters and digits, at most 32")
    with tun_link(up, down, name=name) as link:
        far = link.addresses.far
        print(f"emulated link between namespaces {link.near} and {link.far} (Ctrl-C ends it): {_told(up, down)}")
        print(f"  ip netns exec {link.far} perfkit responder --listen {far}")
        print(f"  ip netns exec {link.near} perfkit network --interface {link.device} --to {far}", flush=True)
        _wait()


def _wait() -> None:
    """For ever, in short pieces: a signal that comes just before a wait is seen only at its end."""
    while True:
        time.sleep(_LOOK_S)


def _told(up: LinkSetting, down: LinkSetting) -> str:
    parts = []
    for name, setting in (("up", up), ("down", down)):
        text = f"{name} {setting.rate_bytes_s / 1000:g} kB/s, {setting.delay_s * 1000:g} ms"
        text += f", jitter {setting.jitter_s * 1000:g} ms" if setting.jitter_s else ""
        text += f", loss {setting.loss * 100:g} %" if setting.loss else ""
        text += f", bucket {setting.bucket_bytes / 1000:g} kB" if setting.bucket_bytes else ""
        parts.append(text)
    return "; ".join(parts)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
