"""An emulated stick: a modem with AT commands on a pseudo-terminal.

`port` is a stable name that always leads to the present pseudo-terminal, as /dev/ttyUSB0 leads to the present device.
The numbers it gives out (IMEI, IMSI, ICCID) are invented.
"""

from __future__ import annotations

import os
import random
import select
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from perfkit.core.errors import UsageError
from perfkit_probes.emulators.at_answers import FIRMWARES, AtReply, AtSettings, Firmware, answer, events
from perfkit_probes.emulators.radio import EmulatedRadio, Fault

_CSQ_MUTE_S = 20.0
_EVENT_EVERY_S = (2.0, 6.0)
_STORM_EVERY_S = 0.05
_EVENT_FAULTS = (Fault.URC_BEFORE_ECHO, Fault.URC_BEFORE_ANSWER, Fault.URC_BEFORE_OK)


@dataclass(frozen=True, slots=True)
class AtOptions:
    """How the emulated stick behaves. `firmware` is "e3372" (21.200.07.00.00) or "h320" (10.0.5.1)."""

    firmware: str = "e3372"
    speed: float = 1.0
    faults: frozenset[Fault] = frozenset()
    rssi_dbm: int | None = None
    acquisition_order: str = "00"
    band: str = "3FFFFFFF"
    lte_band: str = "7FFFFFFFFFFFFFFF"
    imei: str = "860000000000021"
    seed: int = 1


class AtEmulator:
    """A running stick; leave the `with` block to stop it."""

    def __init__(self, options: AtOptions | None = None, *, port: Path | None = None) -> None:
        """Choose the name of the port; raises UsageError on Windows, which has no pseudo-terminals."""
        if sys.platform == "win32":
            raise UsageError("the AT emulator needs pseudo-terminals, which Windows does not have; use --kind hilink")
        self.options: AtOptions = options or AtOptions()
        if self.options.firmware not in FIRMWARES:
            raise UsageError(f'"{self.options.firmware}" is no firmware; known are {", ".join(FIRMWARES)}')
        chosen = self.options
        self.radio = EmulatedRadio(speed=chosen.speed, faults=chosen.faults, rssi_dbm=chosen.rssi_dbm, seed=chosen.seed)
        self.settings = AtSettings(chosen.acquisition_order, chosen.band, "1", "2", chosen.lte_band)
        self.firmware: Firmware = FIRMWARES[chosen.firmware]
        self._folder = tempfile.TemporaryDirectory(prefix="perfkit-emulator-")
        self.port = port or Path(self._folder.name) / "ttyUSB0"
        self.writes: list[AtSettings] = []
        self.echo = True
        self.reports_events = True
        self._random = random.Random(chosen.seed)  # noqa: S311 - emulated noise
        self._started_s = self.radio.now_s()
        self._next_event_s = self._started_s
        self._was_searching = False
        self._master = self._slave = -1
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def uri(self) -> str:
        """Port as `open_device` takes it."""
        return f"serial://{self.port}"

    def start(self) -> None:
        """Answer from now on."""
        self._attach()
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and remove the port."""
        self._stopped.set()
        self._thread.join()
        self._detach()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _attach(self) -> None:
        """Make a pseudo-terminal and lead the name of the port to it."""
        import tty

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port.unlink(missing_ok=True)
        self.port.symlink_to(os.ttyname(self._slave))
        self.echo = self.reports_events = True

    def _detach(self) -> None:
        """Close both ends, as a pulled dongle does."""
        self.port.unlink(missing_ok=True)
        for end in (self._master, self._slave):
            if end >= 0:
                with suppress(OSError):
                    os.close(end)
        self._master = self._slave = -1

    def _run(self) -> None:
        pending = b""
        while not self._stopped.is_set():
            if not self.radio.is_plugged_in:
                self._detach()
                pending = b""
                self._stopped.wait(0.01)
                continue
            if self._master < 0:
                self._attach()
            if select.select([self._master], [], [], 0.005)[0]:
                with suppress(OSError):
                    pending += os.read(self._master, 4096)
            *commands, pending = pending.replace(b"\n", b"").split(b"\r")
            for command in commands:
                self._obey(command.decode("ascii", "replace"))
            self._report_events()

    def _obey(self, line: str) -> None:
        if Fault.MUTE in self.options.faults:
            return
        if self._has(Fault.URC_BEFORE_ECHO):
            self._write_event()
        if self.echo:
            self._write(f"{line}\r")
        if not line.strip():
            return
        command = line.replace(" ", "")
        muted = self.radio.now_s() - self._started_s < _CSQ_MUTE_S
        if command.upper() == "AT+CSQ" and self._has(Fault.CSQ_MUTE) and muted:
            return
        reply = answer(self, command)
        if self._has(Fault.URC_BEFORE_ANSWER):
            self._write_event()
        self._wait(reply)
        text = "".join(f"\r\n{one}\r\n" for one in reply.lines)
        if self._has(Fault.URC_BEFORE_OK):
            self._write(text)
            self._write_event()
            text = ""
        self._write(f"{text}\r\n{reply.final}\r\n")
        if reply.resets:
            self.radio.unplug(for_s=7.0)

    def _has(self, fault: Fault) -> bool:
        return fault in self.options.faults

    def _wait(self, reply: AtReply) -> None:
        if reply.delay_s:
            self.radio.sleep(reply.delay_s)

    def _report_events(self) -> None:
        now_s = self.radio.now_s()
        searching = self.radio.snapshot().technology is None
        if self.reports_events and searching != self._was_searching:
            for line in events(self, is_change=True):
                self._write(f"\r\n{line}\r\n")
        self._was_searching = searching
        if not self.reports_events or now_s < self._next_event_s:
            return
        self._write_event()
        storm = self._has(Fault.URC_STORM)
        self._next_event_s = now_s + (_STORM_EVERY_S if storm else self._random.uniform(*_EVENT_EVERY_S))

    def _write_event(self) -> None:
        for line in events(self, is_change=False):
            self._write(f"\r\n{line}\r\n")

    def _write(self, text: str) -> None:
        """Send text, in pieces of 1 to 16 bytes with the fault "chunks"; what nobody reads is lost."""
        data = text.encode("ascii")
        while data:
            size = self._random.randint(1, 16) if self._has(Fault.CHUNKS) else len(data)
            piece, data = data[:size], data[size:]
            with suppress(OSError):
                os.write(self._master, piece)
