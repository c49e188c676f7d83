"""Driver for sticks with AT commands (E3372h and E3372s with stick firmware, E3372h-320 in NCM mode)."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Self

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.at_modem import parsing
from perfkit_probes.radio.at_modem.channel import AtChannel, AtTimeoutError
from perfkit_probes.radio.at_modem.transport import AtTransport
from perfkit_probes.radio.base import (
    ALL_BANDS,
    ALL_LTE_BANDS,
    Clock,
    Identity,
    LinkState,
    ModeSettings,
    RawRecorder,
    RefusedError,
    Registration,
    SignalReading,
    SimState,
    Technology,
    TrafficCounters,
    same_mask,
)

# AT+CSQ can hang while the SIM starts up: asked for briefly, several times.
_CSQ_ATTEMPTS = 10
_CSQ_TIMEOUT_S = 3.0
_WRITE_TIMEOUT_S = 15.0


class AtDevice:
    """A modem behind an AT port."""

    interface: str | None = None

    def __init__(
        self,
        transport: AtTransport,
        *,
        clock: Clock | None = None,
        recorder: RawRecorder | None = None,
        csq_timeout_s: float = _CSQ_TIMEOUT_S,
    ) -> None:
        """Take over the transport and quieten the modem; raises DeviceError when no AT answer comes."""
        self._clock = clock or Clock()
        self._channel = AtChannel(transport, recorder=recorder)
        self._csq_timeout_s = csq_timeout_s
        try:
            self._channel.synchronize()
            for command in ("ATE0", "AT+CMEE=1", "AT^CURC=0"):
                with suppress(RefusedError):
                    self._channel.command(command)
        except DeviceError:
            with suppress(DeviceError):
                transport.close()
            raise

    @property
    def uri(self) -> str:
        """Port as `open_device` takes it."""
        return f"serial://{self._channel.name}"

    def identity(self) -> Identity:
        """Return model, firmware and masked numbers."""
        lines = self._channel.command("ATI")
        imsi = self._optional("AT+CIMI")
        iccid = self._optional("AT^ICCID?", prefix="^ICCID")
        version = self._optional("AT^FHVER", prefix="^FHVER")
        hardware = parsing.split(version[0].strip('"'))[-1] if version else None
        return parsing.identity(
            lines, imsi=imsi[0] if imsi else None, iccid=iccid[0] if iccid else None, hardware=hardware
        )

    def signal(self) -> SignalReading:
        """Return one reading from ^HCSQ and +CSQ together."""
        link = self.link_state()
        answer = self._optional("AT^HCSQ?", prefix="^HCSQ")
        levels = parsing.hcsq(answer[-1]) if answer else None
        return parsing.signal(levels, self._csq(), link, at=self._clock.now())

    def link_state(self) -> LinkState:
        """Return registration and data connection."""
        sim = self._sim_state()
        if sim is not SimState.READY and sim is not SimState.UNKNOWN:
            return LinkState(connected=False, registration=Registration.NONE, sim=sim)
        info_text = self._optional("AT^SYSINFOEX", prefix="^SYSINFOEX")
        info = parsing.system_info(info_text[-1]) if info_text else None
        registration = self._registration()
        cops = self._optional("AT+COPS?", prefix="+COPS")
        operator, technology = parsing.operator(cops[-1]) if cops else (None, None)
        query = self._optional("AT^NDISSTATQRY?", prefix="^NDISSTATQRY")
        connected = parsing.is_connected(query[-1]) if query else registration.is_registered
        dhcp = self._optional("AT^DHCP?", prefix="^DHCP") if connected else []
        if info is not None:
            technology = info.technology
        return LinkState(
            connected=connected,
            registration=registration,
            technology=technology if registration.is_registered else None,
            rat=info.rat if info else None,
            operator=operator,
            wan_address=parsing.address(dhcp[-1]) if dhcp else None,
            reports_address=bool(dhcp),
            roaming=info.roaming if info else registration is Registration.ROAMING,
            sim=sim,
            connection="connected" if connected else "not connected",
        )

    def modes(self) -> tuple[Technology, ...]:
        """Return the technologies the modem can be restricted to."""
        return parsing.modes(self._offered())

    def mode_settings(self) -> ModeSettings:
        """Return the five values of ^SYSCFGEX exactly as read."""
        try:
            lines = self._channel.command("AT^SYSCFGEX?", prefix="^SYSCFGEX")
        except RefusedError as error:
            message = f"{self._channel.name} does not tell its mode ({error.code}), so perfkit does not change it"
            raise DeviceError(message) from error
        settings = parsing.mode_settings(lines[-1]) if lines else None
        if settings is None:
            raise DeviceError(f"{self._channel.name} answers AT^SYSCFGEX? without its five values; nothing was changed")
        return settings

    def set_technology(self, technology: Technology) -> None:
        """Write the acquisition order for one technology; the other four values are written as they were read."""
        now = self.mode_settings()
        wanted = now.replaced("acqorder", parsing.ACQUISITION_ORDER[technology])
        if wanted != now:
            self._channel.command(parsing.mode_command(wanted), timeout_s=_WRITE_TIMEOUT_S)

    def connect(self) -> None:
        """Open the data connection of the NCM interface with the modem's own profile."""
        with suppress(RefusedError):
            self._channel.command("AT^NDISDUP=1,1", timeout_s=_WRITE_TIMEOUT_S)

    def restore_settings(self, settings: ModeSettings) -> None:
        """Write the five values back where they differ, and read them again."""
        if self._is(settings):
            return
        self._channel.command(parsing.mode_command(settings), timeout_s=_WRITE_TIMEOUT_S)
        if not self._is(settings):
            raise DeviceError(f"{self._channel.name} took {settings} but reads back {self.mode_settings()}")

    def traffic_counters(self) -> TrafficCounters | None:
        """Return None: a stick counts nothing that can be asked for; the host's interface does."""
        return None

    def close(self) -> None:
        """Let the modem report events again, and give the port back."""
        with suppress(DeviceError):
            self._channel.command("AT^CURC=1", timeout_s=1.0)
        with suppress(DeviceError):
            self._channel.close()

    def __enter__(self) -> Self:
        """Return the device itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _optional(self, command: str, *, prefix: str | None = None) -> list[str]:
        """Return the lines of an answer, [] where the modem refuses the command."""
        try:
            return self._channel.command(command, prefix=prefix)
        except RefusedError:
            return []

    def _csq(self) -> int | None:
        for attempt in range(_CSQ_ATTEMPTS):
            try:
                answer = self._channel.command("AT+CSQ", prefix="+CSQ", timeout_s=self._csq_timeout_s)
            except AtTimeoutError:
                if attempt == _CSQ_ATTEMPTS - 1:
                    raise
                continue
            except RefusedError:
                return None
            return parsing.csq(answer[-1]) if answer else None
        return None

    def _sim_state(self) -> SimState:
        try:
            answer = self._channel.command("AT+CPIN?", prefix="+CPIN")
        except RefusedError as error:
            return parsing.sim_state(None, str(error.code))
        return parsing.sim_state(answer[-1] if answer else None, None)

    def _registration(self) -> Registration:
        """Return the packet registration; where it is none, the circuit one, which some firmware keeps instead."""
        found = Registration.UNKNOWN
        for command, prefix in (("AT+CGREG?", "+CGREG"), ("AT+CREG?", "+CREG")):
            answers = [line for line in self._optional(command, prefix=prefix) if parsing.is_answer_to_creg(line)]
            found = parsing.registration(answers[-1]) if answers else Registration.UNKNOWN
            if found.is_registered:
                return found
        return found

    def _offered(self) -> str:
        lines = self._optional("AT^SYSCFGEX=?", prefix="^SYSCFGEX")
        return lines[-1] if lines else ""

    def _is(self, settings: ModeSettings) -> bool:
        read = self.mode_settings()
        if read == settings:
            return True
        lte_mask = parsing.supported_lte_mask(self._offered())
        return (
            all(read[name] == settings[name] for name in ("acqorder", "roam", "srvdomain"))
            and same_mask(settings["band"], read["band"], all_bits=ALL_BANDS)
            and same_mask(settings["lteband"], read["lteband"], all_bits=ALL_LTE_BANDS, supported=lte_mask)
        )
