"""Driver for HiLink devices (E3372h-153, -320, -325 and their family): HTTP and XML at the address of the dongle."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from perfkit.core.errors import DeviceError, UsageError
from perfkit_probes.radio.base import (
    ALL_BANDS,
    ALL_LTE_BANDS,
    Clock,
    Identity,
    LinkState,
    ModeSettings,
    RawRecorder,
    RefusedError,
    SignalReading,
    SimState,
    Technology,
    TrafficCounters,
    same_mask,
)
from perfkit_probes.radio.hilink import parsing
from perfkit_probes.radio.hilink.session import NO_SIM, HilinkSession
from perfkit_probes.radio.hilink.transport import HttpLimits


class HilinkDevice:
    """A HiLink dongle. `url` may carry a user and a password, which are used for the login and never shown."""

    def __init__(
        self,
        url: str,
        *,
        interface: str | None = None,
        clock: Clock | None = None,
        limits: HttpLimits | None = None,
        recorder: RawRecorder | None = None,
    ) -> None:
        """Keep the address; nothing is sent before the first question."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise UsageError(f'"{url}" is no address of a HiLink dongle; it looks like http://192.168.8.1')
        self._clock = clock or Clock()
        self.interface = interface
        self._session = HilinkSession(url, interface=interface, limits=limits, clock=self._clock, recorder=recorder)
        self._url = self._session.url

    @property
    def uri(self) -> str:
        """Address as `open_device` takes it, without a password."""
        return f"{self._url}?interface={self.interface}" if self.interface else self._url

    def identity(self) -> Identity:
        """Return model, firmware and masked numbers."""
        information = self._session.get_optional("device/information")
        basic = {} if information else self._session.get("device/basic_information")
        return parsing.identity(information, basic)

    def signal(self) -> SignalReading:
        """Return one reading; net/signal-para is asked only where device/signal has no RSSI, as the WebUI does."""
        link = self.link_state()
        answer = self._session.get_optional("device/signal")
        hidden = parsing.text_of(answer, "rssi") is None
        para = self._session.get_optional("net/signal-para", may_be_page=True) if hidden else {}
        return parsing.signal(answer, para, link, at=self._clock.now())

    def link_state(self) -> LinkState:
        """Return registration and data connection; SIM and data switch are asked for only while not connected."""
        status = self._session.get("monitoring/status")
        link = parsing.link_state(status, {}, {}, {})
        plmn = self._session.get_optional("net/current-plmn") if link.registration.is_registered else {}
        pin: dict[str, object] = {}
        switch: dict[str, object] = {}
        if not link.connected:
            pin = self._session.get_optional("pin/status", may_be_page=True)
            switch = self._session.get_optional("dialup/mobile-dataswitch", may_be_page=True)
        return parsing.link_state(status, plmn, pin, switch)

    def modes(self) -> tuple[Technology, ...]:
        """Return the technologies the device can be restricted to."""
        mode_list = self._session.get_optional("net/net-mode-list", may_be_page=True)
        information = {} if mode_list else self._session.get_optional("device/information")
        return parsing.modes(mode_list, information)

    def mode_settings(self) -> ModeSettings:
        """Return NetworkMode, NetworkBand and LTEBand exactly as read."""
        settings = parsing.mode_settings(self._session.get("net/net-mode"))
        if settings is None:
            raise DeviceError(f"{self._url} answers net/net-mode without its three settings; nothing was changed")
        return settings

    def set_technology(self, technology: Technology) -> None:
        """Write NetworkMode for one technology; both band masks are written as they were read."""
        now = self.mode_settings()
        wanted = now.replaced("NetworkMode", parsing.MODE_OF_TECHNOLOGY[technology])
        if wanted != now:
            self._write(wanted)

    def connect(self) -> None:
        """Dial, unless the device is set to dial by itself (ConnectMode 0)."""
        if parsing.number_of(self._session.get_optional("dialup/connection", may_be_page=True), "ConnectMode") != 0:
            self._session.post("dialup/dial", {"Action": "1"}, waits=False)

    def restore_settings(self, settings: ModeSettings) -> None:
        """Write the three strings back where they differ, and read them again."""
        if self._is(settings):
            return
        self._write(settings)
        if not self._is(settings):
            raise DeviceError(f"{self._url} took {settings} but reads back {self.mode_settings()}")

    def traffic_counters(self) -> TrafficCounters | None:
        """Return the counters of the present data connection."""
        return parsing.traffic_counters(self._session.get_optional("monitoring/traffic-statistics"))

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def __enter__(self) -> Self:
        """Return the device itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _write(self, settings: ModeSettings) -> None:
        try:
            self._session.post("net/net-mode", dict(settings.values))
        except RefusedError as error:
            if error.code == NO_SIM and self.link_state().sim is not SimState.READY:
                raise DeviceError(f"{self._url} has no SIM card (error {NO_SIM}); put one in") from error
            raise
        # The WebUI asks for automatic registration after each change of the mode. Firmware that does not know the
        # request, or is busy registering already, loses nothing.
        with suppress(DeviceError):
            self._session.post("net/register", {"Mode": "0", "Plmn": "", "Rat": ""}, waits=False)

    def _is(self, settings: ModeSettings) -> bool:
        read = self.mode_settings()
        if read == settings:
            return True
        mode_list = self._session.get_optional("net/net-mode-list", may_be_page=True)
        return (
            read["NetworkMode"] == settings["NetworkMode"]
            and same_mask(
                settings["NetworkBand"],
                read["NetworkBand"],
                all_bits=ALL_BANDS,
                supported=parsing.bands(mode_list),
            )
            and same_mask(
                settings["LTEBand"],
                read["LTEBand"],
                all_bits=ALL_LTE_BANDS,
                supported=parsing.lte_bands(mode_list),
            )
        )
