"""Changing the technology for a while: wait until it is there, and put everything back on every way out."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType, TracebackType
from typing import Self

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import (
    Clock,
    Identity,
    LinkState,
    ModeSettings,
    RadioDevice,
    RefusedError,
    SimState,
    Technology,
)
from perfkit_probes.radio.switching.journal import Journal, JournalEntry, is_running

# Returns None when traffic flows through the link, else why not.
TrafficCheck = Callable[[], str | None]


class Outcome(StrEnum):
    """How a change of technology ended. No service is a result, not a failure."""

    REGISTERED = "registered"
    NO_SERVICE = "no_service"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SwitchResult:
    """Outcome of one change. `reason` is None when registered; `link` is the last state seen, if any."""

    technology: Technology
    outcome: Outcome
    reason: str | None
    link: LinkState | None
    waited_s: float


@dataclass(frozen=True, slots=True)
class SwitchLimits:
    """Times in seconds. The device's own web page polls each 3 s and gives a registration 150 s."""

    deadline_s: float = 150.0
    poll_s: float = 3.0
    reconnect_s: float = 15.0
    reopen_s: float = 60.0
    restore_s: float = 180.0
    steady_polls: int = 2  # right after a write the old connection can still be shown


class ModeGuard:
    """Keeps the settings of a device while its technology is changed.

    Inside the `with` block `switch` may be called any number of times. On leaving it, however that comes about
    (end, exception, Ctrl-C, SIGTERM), the settings are written back and verified; `restored` then is True. A device
    that is pulled is waited for. Raises DeviceError, with what to do, when the settings could not be restored.
    """

    def __init__(
        self,
        open_again: Callable[[], RadioDevice],
        *,
        journal: Journal | None = None,
        clock: Clock | None = None,
        limits: SwitchLimits | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Keep how to open the device; it is opened on entering. `tell` gets lines for the user."""
        self._open_again = open_again
        self._journal = journal or Journal()
        self._clock = clock or Clock()
        self._limits = limits or SwitchLimits()
        self._tell = tell
        self._device: RadioDevice | None = None
        self._entry: JournalEntry | None = None
        self._handlers: dict[int, object] = {}
        self._leaving = False
        self._signal: int | None = None
        self._interrupts = 0
        self.identity: Identity | None = None
        self.restored: bool | None = None

    @property
    def device(self) -> RadioDevice:
        """The device, opened again if it was lost; raises DeviceError when it is silent or another one is there."""
        self._heed_signal()
        if self._device is None:
            self._device = self._open_again()
            if self._entry is not None and self._device.identity().key != self._entry.key:
                self._drop()
                raise DeviceError(f"another dongle answers at {self._entry.uri}; plug the {self._entry.model} back in")
        return self._device

    @property
    def saved(self) -> ModeSettings:
        """The settings that will be restored."""
        if self._entry is None:
            raise DeviceError("the settings of the dongle are read on entering the guard, not before")
        return self._entry.settings

    def __enter__(self) -> Self:
        """Open the device and save its settings on disk."""
        try:
            self.identity = self.device.identity()
            settings = self.device.mode_settings()
            self._entry = self._claim(self.identity, settings)
            self._catch_signals()
        except BaseException:
            self._release_signals()
            self._drop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore, verify, and forget the journal."""
        self._leaving = True
        try:
            self._restore()
        finally:
            self._release_signals()
            self._drop()
        if kind is None and self._signal is not None:
            _stop(self._signal)

    def switch(
        self,
        technology: Technology,
        *,
        traffic: TrafficCheck | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> SwitchResult:
        """Change to one technology and wait until it is registered and traffic flows, or the deadline is over.

        `progress` gets a short text at each look, e.g. "12 s of 150 s: searching".
        """
        begun_s = self._clock.monotonic()
        while True:
            try:
                refused = self._write(technology)
                break
            except RefusedError as error:
                refused = Outcome.ERROR, str(error)
                break
            except DeviceError as error:
                self._drop()
                if self._clock.monotonic() - begun_s >= self._limits.reopen_s:
                    refused = Outcome.ERROR, str(error)
                    break
            self._clock.sleep(self._limits.poll_s)
        if refused is not None:
            return self._result(technology, *refused, begun_s=begun_s)
        return self._wait(technology, traffic, progress)

    def _write(self, technology: Technology) -> tuple[Outcome, str] | None:
        """Write the technology; return why it cannot be, None when it is written."""
        offered = self.device.modes()
        if technology not in offered:
            names = ", ".join(one.upper() for one in offered)
            return Outcome.NO_SERVICE, f"the device only offers {names}"
        problem = sim_problem(self.device.link_state())
        if problem is not None:
            return Outcome.ERROR, problem
        self.device.set_technology(technology)
        return None

    def _wait(
        self, technology: Technology, traffic: TrafficCheck | None, progress: Callable[[str], None] | None
    ) -> SwitchResult:
        """Look until the link is steady."""
        begun_s = asked_s = self._clock.monotonic()
        steady, link, problem = 0, None, None
        while (waited_s := self._clock.monotonic() - begun_s) < self._limits.deadline_s:
            if progress is not None:
                state = "not answering" if link is None else link.connection or link.registration.value
                progress(f"{waited_s:.0f} s of {self._limits.deadline_s:.0f} s: {state}")
            self._clock.sleep(self._limits.poll_s)
            try:
                link = self.device.link_state()
                is_there = link.is_ready and link.technology is technology
                if not is_there and link.registration.is_registered and self._is_due(asked_s):
                    asked_s = self._clock.monotonic()
                    self.device.connect()
            except DeviceError as error:
                self._drop()
                steady, problem = 0, str(error)
                continue
            steady, problem = steady + 1 if is_there else 0, None if is_there else sim_problem(link)
            if problem is not None:
                return self._result(technology, Outcome.ERROR, problem, link=link, begun_s=begun_s)
            if steady >= self._limits.steady_polls:
                problem = traffic() if traffic is not None else None
                if problem is None:
                    return self._result(technology, Outcome.REGISTERED, None, link=link, begun_s=begun_s)
        outcome, reason = _verdict(technology, link, problem, self._limits.deadline_s)
        return self._result(technology, outcome, reason, link=link, begun_s=begun_s)

    def _is_due(self, asked_s: float) -> bool:
        return self._clock.monotonic() - asked_s >= self._limits.reconnect_s

    def _result(
        self,
        technology: Technology,
        outcome: Outcome,
        reason: str | None,
        *,
        begun_s: float,
        link: LinkState | None = None,
    ) -> SwitchResult:
        return SwitchResult(technology, outcome, reason, link, self._clock.monotonic() - begun_s)

    def _claim(self, identity: Identity, settings: ModeSettings) -> JournalEntry:
        """Save the settings; those of a killed run are older and therefore the ones to restore."""
        left = self._journal.load(identity.key)
        if left is not None and is_running(left.pid):
            raise DeviceError(
                f"another perfkit (process {left.pid}) is using this {identity.model}; wait until it ends"
            )
        if left is not None and left.settings.driver == settings.driver:
            if left.settings != settings:
                self._say(f"a run of {left.started} was killed; its saved settings ({left.settings}) will be restored")
            settings = left.settings
        entry = JournalEntry.now(self.device.uri, identity.key, identity.model, settings)
        self._journal.save(entry)
        return entry

    def _restore(self) -> None:
        entry = self._entry
        if entry is None:
            return
        deadline_s = self._clock.monotonic() + self._limits.restore_s
        while True:
            try:
                self.device.restore_settings(entry.settings)
                break
            except DeviceError as error:
                self._drop()
                self.restored = False
                if self._clock.monotonic() >= deadline_s:
                    raise DeviceError(self._how_to_heal(entry, error)) from error
                self._say(f"the dongle's settings are not back yet ({error}); trying again")
                self._clock.sleep(self._limits.poll_s)
        self.restored = True
        self._journal.remove(entry.key)

    def _how_to_heal(self, entry: JournalEntry, error: DeviceError) -> str:
        return (
            f"the dongle was not put back to {entry.settings}: {error}. Plug it in and run `perfkit dongle restore`;"
            f" the settings are kept in {self._journal.path(entry.key)}"
        )

    def _say(self, line: str) -> None:
        """Tell the user, who may have closed the terminal: that must not keep the dongle from being put back."""
        if self._tell is not None:
            with suppress(OSError, ValueError, RuntimeError):
                self._tell(line)

    def _drop(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with suppress(DeviceError):
                device.close()

    def _catch_signals(self) -> None:
        """Let SIGTERM and a closed terminal leave the `with` block as Ctrl-C does, and nothing leave the way out."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _signals():
            self._handlers[number] = signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """Raise inside the block; on the way out hold the signal back, the third Ctrl-C excepted."""
        is_entering_exit = frame is not None and frame.f_code is ModeGuard.__exit__.__code__
        self._signal = number
        if not self._leaving and not is_entering_exit:
            _stop(number)
        self._interrupts += number == signal.SIGINT
        if self._interrupts >= 3:
            raise KeyboardInterrupt
        self._say("putting the dongle back, please wait; Ctrl-C three times leaves it to `perfkit dongle restore`")

    def _heed_signal(self) -> None:
        """Raise again inside the block: Python drops what a handler raises while an object is finalized."""
        if self._signal is not None and not self._leaving:
            _stop(self._signal)

    def _release_signals(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal returned
        self._handlers.clear()


def sim_problem(link: LinkState) -> str | None:
    """Return why no network can be reached whatever the technology, None when nothing speaks against it."""
    if link.sim is SimState.ABSENT:
        return "there is no SIM card in the dongle; put one in"
    if link.sim is SimState.PIN_REQUIRED:
        return "the SIM card asks for its PIN; enter it in the dongle's page or switch the PIN off in a telephone"
    if link.sim is SimState.PUK_REQUIRED:
        return "the SIM card is blocked and asks for its PUK; unblock it in a telephone"
    if link.sim is SimState.INVALID:
        return "the SIM card is not accepted; try it in a telephone"
    if link.data_switch is False:
        return "mobile data is switched off in the dongle; switch it on in its page"
    return None


def _verdict(
    technology: Technology, link: LinkState | None, problem: str | None, deadline_s: float
) -> tuple[Outcome, str]:
    """Return outcome and reason when the deadline is over."""
    name = technology.upper()
    after = f"within {deadline_s:g} s"
    if problem is not None:
        is_there = link is not None and link.is_ready and link.technology is technology
        what = f"registered in {name}, but no traffic flows" if is_there else "the dongle went away"
        return Outcome.ERROR, f"{what} {after}: {problem}"
    if link is not None and link.registration.is_registered and link.technology is technology:
        return Outcome.ERROR, f"registered in {name}, but no data connection {after}: {link.connection}"
    return Outcome.NO_SERVICE, f"no service in {name}: not registered {after}"


def _signals() -> list[int]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [number for name in names if (number := getattr(signal, name, None)) is not None]


def _stop(number: int) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def restore_from_journal(
    open_device: Callable[[str], RadioDevice], *, journal: Journal | None = None, uri: str | None = None
) -> list[str]:
    """Restore what killed runs left changed; return one sentence per device, [] when there is nothing to do.

    `uri` is where the device is now, if not where the journal says. Raises DeviceError when a device does not answer,
    is another one, or does not take its settings.
    """
    files = journal or Journal()
    told = []
    for entry in files.entries():
        if is_running(entry.pid):
            raise DeviceError(f"perfkit process {entry.pid} is using the {entry.model} and will restore it itself")
        with open_device(uri or entry.uri) as device:
            identity = device.identity()
            if identity.key != entry.key:
                raise DeviceError(
                    f"the {identity.model} at {device.uri} is not the one that was changed on {entry.started}; "
                    "plug that one in"
                )
            device.restore_settings(entry.settings)
        files.remove(entry.key)
        told.append(f"{entry.model} at {entry.uri}: restored {entry.settings}")
    return told
