"""The radio side of an emulated dongle: what a change of technology does over time, and the values meanwhile.

Times and levels follow what is known of the Huawei E3372h: a change takes 30 to 90 s, most of it searching. All times
are divided by `speed`. The same model stands behind the HiLink and the AT emulator.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from enum import StrEnum

from perfkit.core.errors import UsageError
from perfkit_probes.radio.base import Technology


class Fault(StrEnum):
    """What an emulated dongle can be told to do wrong."""

    # both kinds
    NO_SIM = "no-sim"
    PIN = "pin"
    SATURATED = "saturated"
    FLOOR = "floor"
    NO_2G = "no-2g"
    NO_3G = "no-3g"
    NO_4G = "no-4g"
    SLOW_SWITCH = "slow-switch"
    NO_TRAFFIC = "no-traffic"
    DATA_OFF = "data-off"
    UNPLUG_3G = "unplug-3g"
    # HiLink
    TOKEN_RECURSION = "token-recursion"  # noqa: S105 - a name, no secret
    NO_TOKEN = "no-token"  # noqa: S105 - a name, no secret
    NO_SESTOK = "no-sestok"
    LOGIN = "login"
    BUSY = "busy"
    BUSY_RESTORE = "busy-restore"
    SESSION_EXPIRY = "session-expiry"
    NARROW_BANDS = "narrow-bands"
    STALL = "stall"
    TRUNCATED = "truncated"
    ENDLESS = "endless"
    HUGE_XML = "huge-xml"
    ENTITY_BOMB = "entity-bomb"
    SLOW_DRIP = "slow-drip"
    FOREIGN_REDIRECT = "foreign-redirect"
    # AT
    CSQ_MUTE = "csq-mute"
    MUTE = "mute"
    HCSQ_ERROR = "hcsq-error"
    NO_SYSCFGEX = "no-syscfgex"
    CME_50 = "cme-50"
    URC_STORM = "urc-storm"
    URC_BEFORE_ECHO = "urc-before-echo"
    URC_BEFORE_ANSWER = "urc-before-answer"
    URC_BEFORE_OK = "urc-before-ok"
    CHUNKS = "chunks"


class Phase(StrEnum):
    """Where a change of technology stands."""

    DISCONNECTING = "disconnecting"
    SEARCHING = "searching"
    CONNECTING = "connecting"
    CONNECTED = "connected"


@dataclass(frozen=True, slots=True)
class Levels:
    """Signal values in dB and dBm; what a technology has not is None."""

    rssi_dbm: int
    rsrp_dbm: int | None = None
    rsrq_db: int | None = None
    sinr_db: int | None = None
    rscp_dbm: int | None = None
    ecio_db: int | None = None


@dataclass(frozen=True, slots=True)
class LinkShape:
    """One-way figures of a link of this technology: round trip in seconds, rate in bits per second."""

    round_trip_s: float
    rate_bit_s: float


@dataclass(frozen=True, slots=True)
class RadioSnapshot:
    """The radio at one moment. `technology` and `levels` are None while searching."""

    phase: Phase
    technology: Technology | None
    levels: Levels | None
    wan_address: str | None
    connected_s: float
    searched_s: float
    up_bytes: int
    down_bytes: int


# Consistent by RSSI = RSRP - RSRQ + 10 log10(50 resource blocks) and Ec/Io = RSCP - RSSI.
TYPICAL_LEVELS = {
    Technology.G4: Levels(-69, rsrp_dbm=-96, rsrq_db=-10, sinr_db=12),
    Technology.G3: Levels(-75, rscp_dbm=-84, ecio_db=-9),
    Technology.G2: Levels(-79),
}
# Usual orders of magnitude: LTE, HSPA, EDGE.
TYPICAL_LINKS = {
    Technology.G4: LinkShape(0.040, 20e6),
    Technology.G3: LinkShape(0.150, 3e6),
    Technology.G2: LinkShape(0.600, 160e3),
}
_SEARCH_S = {Technology.G4: (5.0, 10.0), Technology.G3: (8.0, 20.0), Technology.G2: (15.0, 40.0)}
_WITHOUT = {Fault.NO_2G: Technology.G2, Fault.NO_3G: Technology.G3, Fault.NO_4G: Technology.G4}
_DISCONNECTING_S = 1.0
_CONNECTING_S = (2.0, 5.0)
_SLOW_SEARCH_S = 3600.0
_LEVELS_LAST_S = 3.0  # the web page of the device reads as often
_UNPLUG_AFTER_S, _UNPLUGGED_S = 4.0, 20.0
_NEVER_S = 1e12
_LONG_AGO_S = 3600.0


class EmulatedRadio:
    """A radio whose state is computed from the time since the last change; safe to ask from several threads."""

    def __init__(
        self,
        *,
        speed: float = 1.0,
        faults: frozenset[Fault] = frozenset(),
        rssi_dbm: int | None = None,
        seed: int = 1,
    ) -> None:
        """Start connected in the best technology that has coverage."""
        self.speed = speed
        self.faults = faults
        self.coverage = frozenset(Technology) - {one for fault, one in _WITHOUT.items() if fault in faults}
        self._rssi_dbm = rssi_dbm
        self._random = random.Random(seed)  # noqa: S311 - emulated noise
        self._seed = seed
        self._lock = threading.Lock()
        self._unplugged: tuple[float, float] | None = None
        self._carried = (0, 0)
        self._addresses = 0
        self._begin((Technology.G4, Technology.G3, Technology.G2), at_s=self.now_s() - _LONG_AGO_S)

    def now_s(self) -> float:
        """Time of the emulated world in seconds."""
        return time.monotonic() * self.speed

    def sleep(self, delay_s: float) -> None:
        """Let emulated seconds pass."""
        time.sleep(delay_s / self.speed)

    def answer_delay_s(self) -> float:
        """Return how long a mode change takes to be answered: 1 to 3 s."""
        with self._lock:
            return self._random.uniform(1.0, 3.0)

    def allow(self, technologies: tuple[Technology, ...]) -> None:
        """Start a change to the first of these technologies that has coverage."""
        with self._lock:
            now_s = self.now_s()
            self._begin(technologies, at_s=now_s)
            if Fault.UNPLUG_3G in self.faults and technologies == (Technology.G3,) and self._unplugged is None:
                self._unplugged = (now_s + _UNPLUG_AFTER_S, now_s + _UNPLUG_AFTER_S + _UNPLUGGED_S)
                self._begun_s = self._unplugged[1]

    def unplug(self, *, for_s: float = _NEVER_S) -> None:
        """Pull the dongle now; it comes back, restarted, after `for_s`."""
        with self._lock:
            now_s = self.now_s()
            self._unplugged = (now_s, now_s + for_s)
            self._begun_s = now_s + for_s

    def plug_in(self) -> None:
        """Put the dongle back."""
        with self._lock:
            self._unplugged, self._begun_s = None, self.now_s()

    def be_heard_at(self, rssi_dbm: int | None) -> None:
        """Have exactly this RSSI from now on, None: a usual one with noise."""
        with self._lock:
            self._rssi_dbm = rssi_dbm

    @property
    def is_plugged_in(self) -> bool:
        """False while the dongle is pulled."""
        unplugged = self._unplugged
        return unplugged is None or not unplugged[0] <= self.now_s() < unplugged[1]

    @property
    def is_changing(self) -> bool:
        """True from a mode change until the device is registered or has searched for a minute."""
        snapshot = self.snapshot()
        return snapshot.phase is not Phase.CONNECTED and snapshot.searched_s < 60

    def carry(self, *, up_bytes: int, down_bytes: int) -> None:
        """Count traffic that went through the emulated link."""
        with self._lock:
            self._carried = (self._carried[0] + up_bytes, self._carried[1] + down_bytes)

    def snapshot(self) -> RadioSnapshot:
        """Return the state at this moment."""
        with self._lock:
            since_s = self.now_s() - self._begun_s
            phase = self._phase(since_s)
            technology = self._technology if phase in (Phase.CONNECTING, Phase.CONNECTED) else None
            connected = phase is Phase.CONNECTED
            searched_s = since_s - _DISCONNECTING_S if phase is Phase.SEARCHING else 0.0
            return RadioSnapshot(
                phase=phase,
                technology=technology,
                levels=None if technology is None else self._levels(technology),
                wan_address=f"10.115.{self._addresses % 256}.118" if connected else None,
                connected_s=since_s - self._connected_after_s if connected else 0.0,
                searched_s=max(searched_s, 0.0),
                up_bytes=self._carried[0] if connected else 0,
                down_bytes=self._carried[1] if connected else 0,
            )

    def _begin(self, technologies: tuple[Technology, ...], *, at_s: float) -> None:
        has_sim = not self.faults & {Fault.NO_SIM, Fault.PIN}
        covered = [one for one in technologies if one in self.coverage and has_sim]
        self._technology = covered[0] if covered else None
        self._begun_s = at_s
        self._carried = (0, 0)
        self._addresses += 1
        search_s = _NEVER_S * 10
        if self._technology is not None:
            search_s = self._random.uniform(*_SEARCH_S[self._technology])
            if Fault.SLOW_SWITCH in self.faults and self._addresses > 1:
                search_s = _SLOW_SEARCH_S
        self._registered_after_s = _DISCONNECTING_S + search_s
        self._connected_after_s = self._registered_after_s + self._random.uniform(*_CONNECTING_S)

    def _phase(self, since_s: float) -> Phase:
        if since_s < _DISCONNECTING_S:
            return Phase.DISCONNECTING
        if since_s < self._registered_after_s:
            return Phase.SEARCHING
        if since_s < self._connected_after_s or Fault.DATA_OFF in self.faults:
            return Phase.CONNECTING
        return Phase.CONNECTED

    def _levels(self, technology: Technology) -> Levels:
        typical = TYPICAL_LEVELS[technology]
        if self._rssi_dbm is not None:
            shift_db = self._rssi_dbm - typical.rssi_dbm  # asked for exactly: no noise
        else:
            draw = random.Random(self._seed * 100_003 + int(self.now_s() / _LEVELS_LAST_S))  # noqa: S311
            shift_db = draw.choice((-2, -1, 0, 1, 2))
        return Levels(
            typical.rssi_dbm + shift_db,
            rsrp_dbm=None if typical.rsrp_dbm is None else typical.rsrp_dbm + shift_db,
            rsrq_db=typical.rsrq_db,
            sinr_db=typical.sinr_db,
            rscp_dbm=None if typical.rscp_dbm is None else typical.rscp_dbm + shift_db,
            ecio_db=typical.ecio_db,
        )


def parse_faults(names: list[str]) -> frozenset[Fault]:
    """Return the faults by name; raises UsageError for a name that is none."""
    known = {fault.value: fault for fault in Fault}
    for name in names:
        if name not in known:
            raise UsageError(f'"{name}" is no fault of the emulator; known are {", ".join(known)}')
    return frozenset(known[name] for name in names)
