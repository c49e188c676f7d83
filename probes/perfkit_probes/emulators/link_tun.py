"""A link of known rate, delay, jitter, loss and queue between two network namespaces (Linux, root).

Two TUN devices, one in each namespace, and one process that carries packets between them: what enters one leaves the
other when `link_shaper` says so. Exact to a fraction of a millisecond on a quiet machine; on a busy one the process may
be late, and says by how much. The namespaces are made and removed here.
"""

from __future__ import annotations

import contextlib
import ctypes
import heapq
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfkit.core.errors import DeviceError
from perfkit_probes.emulators.link_shaper import LinkSetting, Shaper

# uapi/linux/if_tun.h, uapi/linux/sched.h, uapi/linux/prctl.h
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
_PR_SET_TIMERSLACK, _PR_SET_PDEATHSIG = 29, 1
_MTU = 1500
# The last stretch before a packet is due is spent polling: a sleeping process wakes late.
_SPIN_S = 0.0011
_STDIN, _STDOUT = 0, 1
_READY, _QUESTION = b"ready\n", b"?"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of both ends (near is the test host's, far the responder's), IPv4 and IPv6."""

    near: str = "10.93.0.1"
    far: str = "10.93.0.2"
    near_v6: str = "fd93::1"
    far_v6: str = "fd93::2"


@dataclass(frozen=True, slots=True)
class TunLink:
    """A running link: the names of both namespaces, their addresses, the device's name in each."""

    near: str
    far: str
    addresses: Addresses
    carrier: subprocess.Popen[bytes]
    device: str = "tun0"

    def worst_lateness_s(self) -> float:
        """By how many seconds the latest packet since the last question was handed over too late.

        What is measured over the link cannot be more exact than that.

        Raises:
            DeviceError: The process that carries the packets is gone.
        """
        if self.carrier.stdin is None or self.carrier.stdout is None or self.carrier.poll() is not None:
            raise DeviceError("the link emulator has ended")
        self.carrier.stdin.write(_QUESTION)
        self.carrier.stdin.flush()
        return float(self.carrier.stdout.readline())


def missing_ability() -> str | None:
    """Why this computer cannot make such a link, None when it can."""
    if sys.platform != "linux":
        return "network namespaces exist on Linux only"
    if os.geteuid() != 0:
        return "making network namespaces needs root"
    if shutil.which("ip") is None:
        return "the command `ip` (package iproute2) is missing"
    if not Path("/dev/net/tun").exists():
        return "/dev/net/tun is missing: this kernel or container has no TUN devices"
    return None


@contextlib.contextmanager
def tun_link(up: LinkSetting, down: LinkSetting, *, name: str = "perfkit", seed: int = 1) -> Iterator[TunLink]:
    """A link from namespace NAME-a to NAME-b, up for the way there; everything is removed at the end.

    Raises:
        DeviceError: This computer cannot make such a link; the text says why.
    """
    reason = missing_ability()
    if reason is not None:
        raise DeviceError(f"no exact link emulation here: {reason}; `perfkit emulate link` without --tun needs nothing")
    ends = (f"{name}-a", f"{name}-b")
    made: list[str] = []
    process: subprocess.Popen[bytes] | None = None
    try:
        for namespace in ends:
            _run("ip", "netns", "add", namespace)
            made.append(namespace)
            _run("ip", "-n", namespace, "link", "set", "lo", "up")
        process = _start(ends, (up, down), seed)
        yield TunLink(*ends, Addresses(), process)
    finally:
        if process is not None:
            _end(process)
        for namespace in made:
            _run("ip", "netns", "del", namespace)


def _run(*command: str) -> None:
    """Run a command of iproute2.

    Raises:
        DeviceError: It reported an error.
    """
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise DeviceError(f"`{' '.join(command)}` says: {found.stderr.strip() or found.returncode}")


def _start(ends: tuple[str, str], settings: tuple[LinkSetting, LinkSetting], seed: int) -> subprocess.Popen[bytes]:
    """The process that carries the packets, once both devices are up."""
    numbers = [
        f"{value!r}"
        for setting in settings
        for value in (
            setting.rate_bytes_s,
            setting.delay_s,
            setting.queue_bytes,
            setting.loss,
            setting.jitter_s,
            setting.bucket_bytes,
            setting.line_rate_bytes_s,
        )
    ]
    command = [sys.executable, "-m", "perfkit_probes.emulators.link_tun", *ends, str(seed), *numbers]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline() if process.stdout else b""
    if line != _READY:
        _, complaint = process.communicate()
        text = complaint.decode(errors="replace").strip().splitlines()
        raise DeviceError(f"the link emulator did not start: {text[-1] if text else 'no reason given'}")
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _open_tun(namespace: str, ends: tuple[str, str], ends_v6: str) -> int:
    """The TUN device of one namespace, configured and up; leaves the process where it was."""
    import fcntl

    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(there, _CLONE_NEWNET) != 0:
            raise DeviceError(f"cannot enter namespace {namespace}: {os.strerror(ctypes.get_errno())}")
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", b"tun0", _IFF_TUN | _IFF_NO_PI))
        _run("ip", "addr", "add", ends[0], "peer", ends[1], "dev", "tun0")
        with contextlib.suppress(DeviceError):  # a kernel without IPv6 still gives the IPv4 link
            _run("ip", "-6", "addr", "add", f"{ends_v6}/64", "dev", "tun0", "nodad")
        _run("ip", "link", "set", "tun0", "up", "mtu", str(_MTU))
        if libc.setns(home, _CLONE_NEWNET) != 0:
            raise DeviceError("cannot return to the namespace of the start")
    finally:
        os.close(there)
        os.close(home)
    return device


class _Carrier:
    """The loop between both devices."""

    def __init__(self, devices: tuple[int, int], shapers: tuple[Shaper, Shaper]) -> None:
        self._devices = devices
        self._ways = {
            devices[0]: (devices[1], shapers[0]),
            devices[1]: (devices[0], shapers[1]),
        }
        self._due: list[tuple[float, int, int, bytes]] = []
        self._count = 0
        self._worst_late_s = 0.0
        self._poll = select.epoll()
        for source in (*devices, _STDIN):
            self._poll.register(source, select.EPOLLIN)

    def run(self) -> None:
        """Carry packets until the process is told to end."""
        while True:
            wait_s = self._due[0][0] - time.monotonic() - _SPIN_S if self._due else 1.0
            for source, _ in self._poll.poll(max(0.0, wait_s)):
                if source == _STDIN:
                    self._answer()
                else:
                    self._take(source)
            self._hand_over()

    def _answer(self) -> None:
        """Tell how late the latest packet was, and begin anew; nobody who asks any more is no error."""
        if not os.read(_STDIN, len(_QUESTION)):
            self._poll.unregister(_STDIN)
            return
        os.write(_STDOUT, f"{self._worst_late_s!r}\n".encode())
        self._worst_late_s = 0.0

    def _take(self, device: int) -> None:
        """Read everything that entered one device."""
        target, shaper = self._ways[device]
        with contextlib.suppress(BlockingIOError):
            for _ in range(64):
                packet = os.read(device, 65_536)
                # Router solicitations and the like of the kernel itself are no traffic of the test.
                due_s = None if _is_chatter(packet) else shaper.admit(time.monotonic(), len(packet))
                if due_s is not None:
                    self._count += 1
                    heapq.heappush(self._due, (due_s, self._count, target, packet))

    def _hand_over(self) -> None:
        """Write every packet that is due."""
        while self._due and self._due[0][0] <= (now_s := time.monotonic()):
            due_s, _, target, packet = heapq.heappop(self._due)
            self._worst_late_s = max(self._worst_late_s, now_s - due_s)
            with contextlib.suppress(OSError):
                os.write(target, packet)


def _is_chatter(packet: bytes) -> bool:
    """Whether an IPv6 packet goes to a multicast address (neighbour and router discovery)."""
    return len(packet) >= 40 and packet[0] >> 4 == 6 and packet[24] == 0xFF


def _main(arguments: list[str]) -> None:
    """The process of `_start`: NEAR FAR SEED and the numbers of both directions."""
    near, far, seed, *numbers = arguments
    values = [float(number) for number in numbers]
    settings = [_setting(values[index : index + 7]) for index in (0, 7)]
    ends = Addresses()
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_TIMERSLACK, 1000)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    devices = (
        _open_tun(near, (ends.near, ends.far), ends.near_v6),
        _open_tun(far, (ends.far, ends.near), ends.far_v6),
    )
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    shapers = (Shaper(settings[0], int(seed)), Shaper(settings[1], int(seed) + 1))
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()
    _Carrier(devices, shapers).run()


def _setting(values: list[float]) -> LinkSetting:
    rate, delay, queue, loss, jitter, bucket, line = values
    return LinkSetting(rate, delay, int(queue), loss, jitter, int(bucket), line)


if __name__ == "__main__":
    _main(sys.argv[1:])
