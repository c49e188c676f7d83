"""AT commands and their answers (3GPP TS 27.007, ITU-T V.250) over a byte stream with interruptions.

A modem echoes commands, and reports events of its own at any moment: before the echo, between echo and answer, between
answer and OK. Answers are therefore matched by their prefix and never by position. A SIM that starts up can hold an
answer back for long: commands have short limits, and after a lost one the stream is brought into step again.
"""

from __future__ import annotations

import re
import time

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.at_modem.transport import AtTransport
from perfkit_probes.radio.base import RawRecorder, RefusedError

# OK | ERROR | +CME ERROR: 10 | +CMS ERROR: 500 | COMMAND NOT SUPPORT | NO CARRIER | CONNECT
_FINAL = re.compile(r"(OK|ERROR|\+CM[ES] ERROR:.*|COMMAND NOT SUPPORT|NO CARRIER|CONNECT.*)")
# ^RSSI:20 | +CREG: 1,"00D3","00D09A81"
_REPORT = re.compile(r"[\^+*][A-Za-z0-9_]+ ?:.*")
_MAX_BUFFER_BYTES = 65_536
_QUIET_S, _DRAIN_S = 0.05, 0.2
_MEANINGS = {"10": "no SIM card", "11": "SIM PIN required", "12": "SIM PUK required", "13": "SIM failure"}


class AtTimeoutError(DeviceError):
    """The modem did not answer a command in time."""


class AtChannel:
    """One conversation with a modem."""

    def __init__(self, transport: AtTransport, *, recorder: RawRecorder | None = None) -> None:
        """Take over the transport; nothing is sent yet."""
        self._transport = transport
        self._recorder = recorder
        self._buffer = b""
        self._in_step = False

    @property
    def name(self) -> str:
        """Port as the user knows it."""
        return self._transport.name

    def command(self, text: str, *, prefix: str | None = None, timeout_s: float = 5.0) -> list[str]:
        """Return the lines of the answer without echo, events and the final OK.

        With a prefix, only lines that begin with it, prefix cut off; without, only lines that are no event.

        Raises:
            RefusedError: the modem refused the command.
            AtTimeoutError: no final result in time.
        """
        found = self._attempt(text, prefix, timeout_s)
        if prefix is not None and not found:  # this OK was the late end of another answer
            self._in_step = False
            found = self._attempt(text, prefix, timeout_s)
        return found

    def _attempt(self, text: str, prefix: str | None, timeout_s: float) -> list[str]:
        if not self._in_step:
            self.synchronize()
        lines = self._exchange(text, timeout_s)
        final = lines.pop()
        if final not in ("OK", "CONNECT"):
            raise self._refusal(text, final)
        if prefix is None:
            return [line for line in lines if not _REPORT.fullmatch(line)]
        wanted = prefix.upper() + ":"
        found = [line for line in lines if line.upper().replace(" :", ":").startswith(wanted)]
        return [line.partition(":")[2].strip() for line in found]

    def synchronize(self, *, attempts: int = 3, timeout_s: float = 1.0) -> None:
        """Bring both ends into step: AT until OK comes back. Raises DeviceError when none comes."""
        for _ in range(attempts):
            self._drain()
            try:
                final = self._exchange("AT", timeout_s)[-1]
            except AtTimeoutError:
                continue
            if final == "OK":
                self._in_step = True
                return
        raise DeviceError(
            f"{self.name} answers no AT command; it may be another port of the dongle (diagnostics), or in use for PPP"
        )

    def close(self) -> None:
        """Give the port back."""
        self._transport.close()

    def _exchange(self, text: str, timeout_s: float) -> list[str]:
        """Send a command; return all lines up to the final result, which is the last."""
        self._transport.write(text.encode("ascii") + b"\r")
        deadline_s = time.monotonic() + timeout_s
        lines: list[str] = []
        while True:
            for line in self._lines():
                if line == text:
                    continue  # the echo
                lines.append(line)
                if _FINAL.fullmatch(line):
                    if self._recorder is not None:
                        self._recorder.record(text, "\n".join(lines))
                    return lines
            remaining_s = deadline_s - time.monotonic()
            if remaining_s <= 0:
                self._in_step = False
                raise AtTimeoutError(f"{self.name} did not answer {text} within {timeout_s:g} s")
            self._buffer += self._transport.read(remaining_s)
            if len(self._buffer) > _MAX_BUFFER_BYTES or len(lines) > _MAX_BUFFER_BYTES // 16:
                self._in_step = False
                raise DeviceError(f"{self.name} sends without end after {text}; stopped reading")

    def _lines(self) -> list[str]:
        """Take the complete lines out of the buffer."""
        *complete, self._buffer = re.split(rb"[\r\n]", self._buffer)
        texts = [line.decode("ascii", "replace").strip() for line in complete]
        return [text for text in texts if text]

    def _drain(self) -> None:
        """Drop what is still on its way, for a limited time."""
        deadline_s = time.monotonic() + _DRAIN_S
        self._buffer = b""
        while time.monotonic() < deadline_s and self._transport.read(_QUIET_S):
            pass

    def _refusal(self, text: str, final: str) -> RefusedError:
        final = "".join(one if one.isprintable() else "?" for one in final)[:80]
        code = final.partition(":")[2].strip() or final
        meaning = f": {_MEANINGS[code]}" if code in _MEANINGS else ""
        return RefusedError(f"{self.name} refuses {text} with {final}{meaning}", code)
