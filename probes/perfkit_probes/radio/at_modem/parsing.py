"""AT answers as values: pure functions of the text after the prefix.

Scales: +CSQ in 3GPP TS 27.007 clause 8.5; ^HCSQ, ^SYSINFOEX and ^SYSCFGEX in Huawei's AT command specification.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime

from perfkit_probes.radio.base import (
    Bound,
    Identity,
    LinkState,
    ModeSettings,
    Registration,
    SignalReading,
    SignalSource,
    SimState,
    Technology,
    device_key,
    masked,
)

MODE_FIELDS = ("acqorder", "band", "roam", "srvdomain", "lteband")
ACQUISITION_ORDER = {Technology.G2: "01", Technology.G3: "02", Technology.G4: "03"}
_SYSTEM_MODES = {"1": Technology.G2, "3": Technology.G3, "6": Technology.G4}
_RATS = {
    "1": "GSM", "2": "GPRS", "3": "EDGE", "41": "UMTS", "42": "HSDPA", "43": "HSUPA", "44": "HSPA", "45": "HSPA+",
    "46": "DC-HSPA+", "101": "LTE",
}  # fmt: skip
# AcT of +COPS: 3GPP TS 27.007 clause 7.3.
_ACCESS_TECHNOLOGIES = {
    "0": Technology.G2, "1": Technology.G2, "3": Technology.G2, "2": Technology.G3, "4": Technology.G3,
    "5": Technology.G3, "6": Technology.G3, "7": Technology.G4,
}  # fmt: skip
_REGISTRATIONS = {
    "0": Registration.NONE, "1": Registration.HOME, "2": Registration.SEARCHING, "3": Registration.DENIED,
    "4": Registration.UNKNOWN, "5": Registration.ROAMING,
}  # fmt: skip
_PIN_STATES = {
    "READY": SimState.READY,
    "SIM PIN": SimState.PIN_REQUIRED,
    "SIM PIN2": SimState.READY,
    "SIM PUK": SimState.PUK_REQUIRED,
}
_SIM_ERRORS = {
    "10": SimState.ABSENT, "11": SimState.PIN_REQUIRED, "12": SimState.PUK_REQUIRED, "13": SimState.INVALID,
    "SIM NOT INSERTED": SimState.ABSENT,
}  # fmt: skip
_UNKNOWN_CSQ, _UNKNOWN_HCSQ = 99, 255


@dataclass(frozen=True, slots=True)
class Hcsq:
    """An ^HCSQ answer: the radio mode and its levels, None where unknown."""

    technology: Technology | None
    rssi: int | None = None  # as read, 0..96
    rsrp_dbm: float | None = None
    rsrq_db: float | None = None
    sinr_db: float | None = None
    rscp_dbm: float | None = None
    ecio_db: float | None = None


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """A ^SYSINFOEX answer."""

    has_service: bool
    roaming: bool
    sim: SimState
    technology: Technology | None
    rat: str | None


def split(text: str) -> list[str]:
    """Return the comma-separated parameters of an answer, quotes taken off."""
    return [part.strip() for row in csv.reader([text], skipinitialspace=True) for part in row]


def csq(text: str) -> int | None:
    """Return n of `20,99`, None for 99 (unknown) or anything that is no such answer."""
    match = re.fullmatch(r"(\d{1,2}),\s*\d{1,2}", text.strip())
    if match is None or not 0 <= int(match[1]) <= 31:
        return None
    return int(match[1])


def csq_dbm(value: int) -> tuple[float, Bound | None]:
    """Return dBm for CSQ: -113 + 2 n; 0 and 31 are the ends of the scale (3GPP TS 27.007 clause 8.5)."""
    return -113.0 + 2 * value, {0: Bound.AT_MOST, 31: Bound.AT_LEAST}.get(value)


def hcsq_dbm(value: int) -> tuple[float, Bound | None]:
    """Return dBm for the RSSI of ^HCSQ: n - 121, lower edge of a step of 1 dB; 0 means below -120, 96 at least -25."""
    if value == 0:
        return -120.0, Bound.AT_MOST
    return value - 121.0, Bound.AT_LEAST if value == 96 else None


def hcsq(text: str) -> Hcsq | None:
    """Return the levels of `"LTE",48,35,86,14`, None for text that is no such answer."""
    parts = split(text)
    if not parts or not parts[0]:
        return None
    mode, numbers = parts[0].upper(), [_scaled(part) for part in parts[1:]]
    numbers += [None] * (4 - len(numbers))
    if mode == "LTE":
        rssi, rsrp, sinr, rsrq = numbers[:4]
        return Hcsq(
            Technology.G4,
            rssi,
            rsrp_dbm=None if rsrp is None else rsrp - 141.0,
            rsrq_db=None if rsrq is None else rsrq / 2 - 20,
            sinr_db=None if sinr is None else round(sinr / 5 - 20.2, 1),
        )
    if mode in ("WCDMA", "TD-SCDMA"):
        rssi, rscp, ecio = numbers[:3]
        return Hcsq(
            Technology.G3,
            rssi,
            rscp_dbm=None if rscp is None else rscp - 121.0,
            ecio_db=None if ecio is None else ecio / 2 - 32.5,
        )
    if mode == "GSM":
        return Hcsq(Technology.G2, numbers[0])
    return Hcsq(None) if mode == "NOSERVICE" else None


def _scaled(text: str) -> int | None:
    value = int(text) if re.fullmatch(r"\d{1,3}", text) else _UNKNOWN_HCSQ
    return None if value == _UNKNOWN_HCSQ else value


def system_info(text: str) -> SystemInfo | None:
    """Return the values of `2,3,0,1,,6,"LTE",101,"LTE"`, None for text that is no such answer."""
    parts = split(text)
    if len(parts) < 7:
        return None
    submode = parts[7] if len(parts) > 7 else ""
    return SystemInfo(
        has_service=parts[0] == "2",
        roaming=parts[2] == "1",
        sim={"1": SimState.READY, "255": SimState.ABSENT, "0": SimState.INVALID}.get(parts[3], SimState.UNKNOWN),
        technology=_SYSTEM_MODES.get(parts[5]),
        rat=_RATS.get(submode) or parts[-1] or None,
    )


def sim_state(pin: str | None, error: str | None) -> SimState:
    """Return the SIM state for the text of +CPIN? or the code of its error."""
    if pin is not None:
        return _PIN_STATES.get(pin.strip().strip('"').upper(), SimState.UNKNOWN)
    return _SIM_ERRORS.get((error or "").upper(), SimState.UNKNOWN)


def registration(text: str) -> Registration:
    """Return the state of `2,1,"00D3","00D09A81",6`, the answer to +CREG? or +CGREG? (mode first, then state)."""
    parts = split(text)
    return _REGISTRATIONS.get(parts[1] if len(parts) > 1 else "", Registration.UNKNOWN)


def is_answer_to_creg(text: str) -> bool:
    """Tell the answer `2,1,"00D3",...` from the event `1,"00D3",...`: the answer has two numbers in front."""
    return re.match(r"\d\s*,\s*\d\b", text) is not None


def operator(text: str) -> tuple[str | None, Technology | None]:
    """Return name and technology of `0,0,"Operator",7`; both None for `0`."""
    parts = split(text)
    if len(parts) < 3:
        return None, None
    return parts[2] or None, _ACCESS_TECHNOLOGIES.get(parts[3]) if len(parts) > 3 else None


def is_connected(text: str) -> bool:
    """Return whether `1,,,"IPV4",0,,,"IPV6"` (^NDISSTATQRY?) has a connection of either family."""
    parts = split(text)
    return "1" in (parts[0:1] + parts[4:5])


def address(text: str) -> str | None:
    """Return the first address of `CCDB080A,F8FFFFFF,...` (^DHCP?), little-endian hexadecimal."""
    match = re.match(r"([0-9A-Fa-f]{8}),", text)
    if match is None or int(match[1], 16) == 0:
        return None
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(match[1])))


def mode_settings(text: str) -> ModeSettings | None:
    """Return the five values of `"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF` exactly as read, None where they are not five."""
    parts = split(text)
    if len(parts) < 5 or not all(parts[:5]):
        return None
    return ModeSettings("at", tuple(zip(MODE_FIELDS, parts[:5], strict=True)))


def mode_command(settings: ModeSettings) -> str:
    """Return the command that writes five values; the acquisition order must be quoted."""
    order, *others = (text for _, text in settings.values)
    return f'AT^SYSCFGEX="{order}",{",".join(others)},,'


def modes(text: str) -> tuple[Technology, ...]:
    """Return the technologies of `("00","03","02","01","99"),(...)` (^SYSCFGEX=?); all three where none is named."""
    match = re.match(r"\s*\(([^)]*)\)", text)
    codes = split(match[1]) if match else []
    return tuple(one for one, code in ACQUISITION_ORDER.items() if code in codes) or tuple(Technology)


def supported_lte_mask(text: str) -> int | None:
    """Return the narrowest LTE band mask that ^SYSCFGEX=? offers in its last group, None where there is none."""
    masks = [int(mask, 16) for mask in re.findall(r"\(([0-9A-Fa-f]{1,16}),\"(?:LTE|All)", text)]
    return min(masks, key=int.bit_count) if masks else None


def identity(lines: list[str], *, imsi: str | None, iccid: str | None, hardware: str | None) -> Identity:
    """Return the identity from the lines of ATI (`Model: E3372`, `Revision: 21.200.07.00.00`, `IMEI: ...`)."""
    named = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    imei = named.get("imei") or None
    model = named.get("model") or "unknown modem"
    return Identity(
        model=model,
        hardware=hardware,
        firmware=named.get("revision") or None,
        driver="at",
        key=device_key("at", imei or model),
        imei_masked=masked(imei),
        imsi_masked=masked(imsi),
        iccid_masked=masked(iccid),
    )


def signal(levels: Hcsq | None, csq_value: int | None, link: LinkState, *, at: datetime) -> SignalReading:
    """Return one reading: RSSI of ^HCSQ, else of +CSQ, else derived on 3G; both scales are kept as read.

    The two can disagree: an E3372h-320 on 3G computes its CSQ from RSCP, several dB below the RSSI.
    """
    found = levels or Hcsq(None)
    rssi: tuple[float, Bound | None] | None = None
    source = None
    if found.rssi is not None and 0 <= found.rssi <= 96:
        rssi, source = hcsq_dbm(found.rssi), SignalSource.HCSQ
    elif csq_value is not None:
        rssi, source = csq_dbm(csq_value), SignalSource.CSQ
    elif found.rscp_dbm is not None and found.ecio_db is not None:
        rssi, source = (found.rscp_dbm - found.ecio_db, None), SignalSource.DERIVED
    return SignalReading(
        time=at,
        technology=found.technology or link.technology,
        rssi_dbm=None if rssi is None else rssi[0],
        bound=None if rssi is None else rssi[1],
        source=source,
        reason=None if rssi is not None else _why_no_rssi(link),
        csq=csq_value,
        hcsq=found.rssi,
        rsrp_dbm=found.rsrp_dbm,
        rsrq_db=found.rsrq_db,
        sinr_db=found.sinr_db,
        rscp_dbm=found.rscp_dbm,
        ecio_db=found.ecio_db,
        operator=link.operator,
        rat=link.rat,
    )


def _why_no_rssi(link: LinkState) -> str:
    if not link.registration.is_registered:
        return "not measured: the modem has no service"
    return "not measured: the modem says 99 (unknown) to AT+CSQ and no level to AT^HCSQ?"
