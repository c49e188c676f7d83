"""What a radio device says, as values, and the protocol that every driver fulfils.

RSSI, RSRP, RSRQ, SINR: 3GPP TS 36.214; RSCP, Ec/Io: TS 25.215; CSQ: TS 27.007 clause 8.5. Not measured is None
with a reason, never 0: stock E3372h firmware hides the RSSI, and "hidden" is neither a pass nor a fail.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from perfkit.core.errors import DeviceError


class Technology(StrEnum):
    """Generation of the radio access technology, as the test procedure names it."""

    G2 = "2g"
    G3 = "3g"
    G4 = "4g"


class Bound(StrEnum):
    """Which side of the number the true value lies on, where the device only gives a limit of its scale."""

    AT_LEAST = ">="
    AT_MOST = "<="


class SignalSource(StrEnum):
    """Where an RSSI comes from, in the order of trust."""

    DEVICE_SIGNAL = "device/signal"
    SIGNAL_PARA = "net/signal-para"
    HCSQ = "^HCSQ"
    CSQ = "+CSQ"
    DERIVED = "derived"  # computed from RSRP, RSRQ and bandwidth: right to about 2 dB


class SimState(StrEnum):
    """What the device says of its SIM card."""

    READY = "ready"
    ABSENT = "absent"
    PIN_REQUIRED = "pin_required"
    PUK_REQUIRED = "puk_required"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Registration(StrEnum):
    """Network registration (words of TS 27.007 +CREG)."""

    HOME = "home"
    ROAMING = "roaming"
    SEARCHING = "searching"
    DENIED = "denied"
    NONE = "not_registered"
    UNKNOWN = "unknown"

    @property
    def is_registered(self) -> bool:
        """True at home and abroad."""
        return self in (Registration.HOME, Registration.ROAMING)


@dataclass(frozen=True, slots=True)
class Identity:
    """Which device this is. The numbers are masked; `key` tells two devices apart without naming them."""

    model: str
    hardware: str | None
    firmware: str | None
    driver: str  # "hilink" or "at"
    key: str
    imei_masked: str | None = None
    imsi_masked: str | None = None
    iccid_masked: str | None = None


@dataclass(frozen=True, slots=True)
class SignalReading:
    """One look at the radio signal. `rssi_dbm` None means not measured, and `reason` then says why."""

    time: datetime
    technology: Technology | None
    rssi_dbm: float | None
    bound: Bound | None = None
    source: SignalSource | None = None
    reason: str | None = None
    csq: int | None = None  # 0..31 of +CSQ as read; None also for 99 (unknown)
    hcsq: int | None = None  # 0..96 of ^HCSQ as read; None also for 255 (unknown)
    rsrp_dbm: float | None = None
    rsrq_db: float | None = None
    sinr_db: float | None = None
    rscp_dbm: float | None = None
    ecio_db: float | None = None
    band: str | None = None
    cell: str | None = None
    operator: str | None = None
    rat: str | None = None  # e.g. "LTE", "HSPA+", "EDGE"


@dataclass(frozen=True, slots=True)
class SignalSummary:
    """Median, minimum and maximum RSSI in dBm of readings from one source; None and a reason where there is none."""

    median_dbm: float | None
    min_dbm: float | None
    max_dbm: float | None
    count: int
    bound: Bound | None
    source: SignalSource | None
    reason: str | None = None
    min_bound: Bound | None = None
    max_bound: Bound | None = None


@dataclass(frozen=True, slots=True)
class LinkState:
    """Registration and data connection as the device reports them.

    `wan_address` None with `reports_address` False means the firmware does not tell; with True, there is no address
    yet. `data_switch` and `roaming` are None where the device does not tell. `connection` is the device's own word.
    """

    connected: bool
    registration: Registration
    technology: Technology | None = None
    rat: str | None = None
    operator: str | None = None
    plmn: str | None = None
    wan_address: str | None = None
    reports_address: bool = False
    roaming: bool | None = None
    sim: SimState = SimState.UNKNOWN
    data_switch: bool | None = None
    connection: str | None = None
    bars: int | None = None  # for display only: their thresholds are not published

    @property
    def is_ready(self) -> bool:
        """True when connected in a known technology, with an address if the device reports addresses."""
        has_address = self.wan_address is not None or not self.reports_address
        return self.connected and self.technology is not None and has_address


@dataclass(frozen=True, slots=True)
class ModeSettings:
    """The settings that select technology and bands, exactly as read, in the order the device gives them.

    HiLink: NetworkMode, NetworkBand, LTEBand. AT: acqorder, band, roam, srvdomain, lteband.
    """

    driver: str
    values: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        """Return the string of one setting."""
        return dict(self.values)[name]

    def replaced(self, name: str, text: str) -> ModeSettings:
        """Return the same settings with one string exchanged."""
        return ModeSettings(self.driver, tuple((key, text if key == name else old) for key, old in self.values))

    def __str__(self) -> str:
        """Return the settings for a person, e.g. "NetworkMode 00, NetworkBand 3FFFFFFF"."""
        return ", ".join(f"{name} {text}" for name, text in self.values)


@dataclass(frozen=True, slots=True)
class TrafficCounters:
    """Bytes the device counts for the present data connection; they restart at 0 with each connection."""

    up_bytes: int
    down_bytes: int
    connected_s: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as the drivers see it; tests pass one that runs faster."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @staticmethod
    def now() -> datetime:
        """Present time in UTC."""
        return datetime.now(UTC)

    @classmethod
    def scaled(cls, speed: float) -> Clock:
        """Return a clock on which `speed` seconds pass in each real second, for emulators as fast."""
        return cls(lambda: time.monotonic() * speed, lambda delay_s: time.sleep(delay_s / speed))


class RefusedError(DeviceError):
    """The device answered, and refused; `code` is its number or word. Asking again is of no use."""

    def __init__(self, text: str, code: int | str) -> None:
        """Keep the code beside the text."""
        super().__init__(text)
        self.code = code


class RawRecorder(Protocol):
    """Keeps what a device answers, for firmware that nobody has described yet."""

    def record(self, request: str, answer: str) -> None:
        """Store one answer."""


class RadioDevice(Protocol):
    """A mobile broadband device. Every method raises DeviceError with one sentence when the device does not answer."""

    @property
    def uri(self) -> str:
        """Where the device is, as `open_device` takes it, without a password."""

    @property
    def interface(self) -> str | None:
        """Network interface its traffic leaves through, where known."""

    def identity(self) -> Identity:
        """Return model, firmware and masked numbers."""

    def signal(self) -> SignalReading:
        """Return one signal reading, RSSI by the fallback order of the driver."""

    def link_state(self) -> LinkState:
        """Return registration and data connection."""

    def modes(self) -> tuple[Technology, ...]:
        """Return the technologies the device can be restricted to, oldest first."""

    def mode_settings(self) -> ModeSettings:
        """Return the settings exactly as read."""

    def set_technology(self, technology: Technology) -> None:
        """Restrict the device to one technology; bands and everything else stay as they are."""

    def connect(self) -> None:
        """Ask for a data connection where the device does not open one by itself."""

    def restore_settings(self, settings: ModeSettings) -> None:
        """Write settings back and read them again; raises DeviceError when they did not take."""

    def traffic_counters(self) -> TrafficCounters | None:
        """Return the device's own byte counters, None where it has none."""

    def close(self) -> None:
        """Release port or session; may be called twice."""

    def __enter__(self) -> Self:
        """Return the device itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""


def masked(number: str | None) -> str | None:
    """Return a subscriber or equipment number with all but its first two and last two characters starred."""
    if not number:
        return None
    return number[:2] + "*" * max(len(number) - 4, 1) + number[-2:] if len(number) > 6 else "*" * len(number)


def device_key(*numbers: str | None) -> str:
    """Return a short digest that stays the same for one device, made of its serial numbers."""
    text = "|".join(number or "" for number in numbers)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _rank(item: tuple[float, int, Bound | None]) -> tuple[float, int]:
    return item[:2]


def summarize_signal(readings: list[SignalReading]) -> SignalSummary:
    """Return median, minimum and maximum of the measured RSSI in dBm.

    Readings of one source only are put together: the one most readings have, the more trusted on a tie. A bound stays
    a bound: the median is one when a reading in the middle is one.
    """
    measured = [reading for reading in readings if reading.rssi_dbm is not None and reading.source is not None]
    if not measured:
        reason = readings[-1].reason if readings else "no reading was taken"
        return SignalSummary(None, None, None, 0, None, None, reason=reason)
    trust = list(SignalSource)
    sources = [reading.source for reading in measured if reading.source is not None]
    source = max(set(sources), key=lambda one: (sources.count(one), -trust.index(one)))
    order = {Bound.AT_MOST: 0, None: 1, Bound.AT_LEAST: 2}
    chosen = [(one.rssi_dbm, one.bound) for one in measured if one.source is source]
    ranked = sorted(((value, order[bound], bound) for value, bound in chosen if value is not None), key=_rank)
    low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
    return SignalSummary(
        median_dbm=(low[0] + high[0]) / 2,
        min_dbm=ranked[0][0],
        max_dbm=ranked[-1][0],
        count=len(ranked),
        bound=low[2] or high[2],
        source=source,
        min_bound=ranked[0][2],
        max_bound=ranked[-1][2],
    )


# Masks with these bits set mean "all bands", however many digits a firmware writes them with: one dump lists
# 7ffffffffffffff (15 digits) where the same device reads back 7FFFFFFFFFFFFFFF (16).
ALL_LTE_BANDS = 0x7FFFFFFFFFFFFFF
ALL_BANDS = 0x3FFFFFFF


def same_mask(saved: str, read: str, *, all_bits: int, supported: int | None = None) -> bool:
    """Return whether two hexadecimal band masks mean the same bands.

    Digits and leading zeros do not count. An "all bands" mask equals another one, and the mask of the bands the
    device has (`supported`), to which some firmware narrows it.
    """
    try:
        saved_bits, read_bits = int(saved, 16), int(read, 16)
    except ValueError:
        return saved == read
    if saved_bits == read_bits:
        return True
    if saved_bits & all_bits != all_bits:
        return False
    return read_bits & all_bits == all_bits or (supported is not None and read_bits == supported)
