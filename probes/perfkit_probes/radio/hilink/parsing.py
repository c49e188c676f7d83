"""HiLink answers as values: pure functions of the fields of one XML answer.

The fields are what xmltodict makes of `<response>`: an empty element is None, a list with one entry is no list.
Three shapes of `device/signal` are known: A (firmware 22.x), B (A without psatt) and C (B and twenty more fields).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape

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
    TrafficCounters,
    device_key,
    masked,
)

Fields = Mapping[str, object]

MODE_FIELDS = ("NetworkMode", "NetworkBand", "LTEBand")
# NetworkMode values of the WebUI: 00 automatic, 01 2G only, 02 3G only, 03 4G only; longer ones are preference orders.
MODE_OF_TECHNOLOGY = {Technology.G2: "01", Technology.G3: "02", Technology.G4: "03"}
_SUPPORT_WORDS = {Technology.G2: "GSM", Technology.G3: "WCDMA", Technology.G4: "LTE"}

# CurrentNetworkType (first table) and CurrentNetworkTypeEx (second) of the WebUI.
_NETWORK_TYPES = {
    1: "GSM", 2: "GPRS", 3: "EDGE", 4: "WCDMA", 5: "HSDPA", 6: "HSUPA", 7: "HSPA", 8: "TD-SCDMA", 9: "HSPA+",
    17: "HSPA+ (64QAM)", 18: "HSPA+ (MIMO)", 19: "LTE",
}  # fmt: skip
_NETWORK_TYPES_EX = {
    1: "GSM", 2: "GPRS", 3: "EDGE", 41: "UMTS", 42: "HSDPA", 43: "HSUPA", 44: "HSPA", 45: "HSPA+", 46: "DC-HSPA+",
    61: "TD-SCDMA", 62: "TD-HSDPA", 63: "TD-HSUPA", 64: "TD-HSPA", 65: "TD-HSPA+", 101: "LTE", 1011: "LTE+",
}  # fmt: skip
_CONNECTION_WORDS = {
    900: "connecting", 901: "connected", 902: "disconnected", 903: "disconnecting", 904: "connection failed",
    905: "no connection: poor signal", 906: "connection error", 112: "automatic connection forbidden",
    113: "automatic connection forbidden while roaming", 114: "reconnection forbidden",
    115: "reconnection forbidden while roaming", 201: "data limit reached", 12: "roaming refused",
    13: "roaming refused",
}  # fmt: skip
_CONNECTED = 901
_SERVICE = 2
_SIM_STATES = {  # SimState of pin/status
    255: SimState.ABSENT, 256: SimState.INVALID, 257: SimState.READY, 258: SimState.READY,
    260: SimState.PIN_REQUIRED, 261: SimState.PUK_REQUIRED,
}  # fmt: skip
_SIM_STATUS = {0: SimState.ABSENT, 1: SimState.READY, 240: SimState.INVALID, 255: SimState.ABSENT}

# `-69dBm`, `>=-51dBm` (top of the scale), `<=-113dBm` (floor of the scale, or unknown), `-14.0dB`
_LEVEL = re.compile(r"\s*(>=|<=|>|<)?\s*(-?\d{1,4}(?:\.\d+)?)\s*(?:dBm|dB)?\s*")
_MEGAHERTZ = re.compile(r"\s*(\d+(?:\.\d+)?)\s*MHz\s*", re.IGNORECASE)
_FLOOR_DBM = -113
# net/signal-para says -145dBm and -32dB for "no value".
_NO_VALUE = {-145.0, -32.0}
# Resource blocks by channel bandwidth in MHz: 3GPP TS 36.101 table 5.6-1.
_RESOURCE_BLOCKS = {1.4: 6, 3.0: 15, 5.0: 25, 10.0: 50, 15.0: 75, 20.0: 100}


@dataclass(frozen=True, slots=True)
class Level:
    """A level in dB or dBm, with its bound where the device only gives a limit of its scale."""

    value: float
    bound: Bound | None = None


def text_of(fields: Fields, name: str) -> str | None:
    """Return the text of one element, None where it is absent, empty or not text."""
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        return None
    return unescape(value.strip())


def number_of(fields: Fields, name: str) -> int | None:
    """Return the integer of one element, None where there is none."""
    text = text_of(fields, name)
    return int(text) if text is not None and re.fullmatch(r"-?\d{1,18}", text) else None


def texts_of(fields: Fields, plural: str, singular: str) -> list[str]:
    """Return the texts of a list element, whether it holds none, one or many."""
    group = fields.get(plural)
    if not isinstance(group, Mapping):
        return []
    entries = group.get(singular)
    entries = entries if isinstance(entries, list) else [entries]
    return [entry.strip() for entry in entries if isinstance(entry, str)]


def level(text: str | None) -> Level | None:
    """Return a level with its bound, None where the text is none."""
    match = _LEVEL.fullmatch(text) if text else None
    if match is None:
        return None
    bound = {">": Bound.AT_LEAST, "<": Bound.AT_MOST}.get((match[1] or "")[:1])
    return Level(float(match[2]), bound)


def technology_of(network_type: int | None, network_type_ex: int | None = None) -> Technology | None:
    """Return the generation for CurrentNetworkType and CurrentNetworkTypeEx, None for no service or an unknown code."""
    for code in (network_type_ex, network_type):
        if code in (1, 2, 3):
            return Technology.G2
        if code in (19, 101, 1011):
            return Technology.G4
        if code is not None and (4 <= code <= 18 or 41 <= code <= 65):
            return Technology.G3
    return None


def identity(information: Fields, basic: Fields) -> Identity:
    """Return the identity from device/information, with device/basic_information where the first needs a login."""
    numbers = [text_of(information, name) for name in ("Imei", "Imsi", "Iccid")]
    model = text_of(information, "DeviceName") or text_of(basic, "devicename") or "unknown HiLink device"
    return Identity(
        model=model,
        hardware=text_of(information, "HardwareVersion"),
        firmware=text_of(information, "SoftwareVersion"),
        driver="hilink",
        key=device_key("hilink", numbers[0] or model, text_of(information, "SerialNumber")),
        imei_masked=masked(numbers[0]),
        imsi_masked=masked(numbers[1]),
        iccid_masked=masked(numbers[2]),
    )


def sim_state(status: Fields, pin: Fields) -> SimState:
    """Return the state of the SIM, from pin/status where that answers, else from monitoring/status."""
    known = _SIM_STATES.get(number_of(pin, "SimState") or 0)
    if known is not None:
        return known
    status_code = number_of(status, "SimStatus")
    return SimState.UNKNOWN if status_code is None else _SIM_STATUS.get(status_code, SimState.UNKNOWN)


def link_state(status: Fields, plmn: Fields, pin: Fields, switch: Fields) -> LinkState:
    """Return the state of the link from monitoring/status, net/current-plmn, pin/status, dialup/mobile-dataswitch."""
    kind, kind_ex = number_of(status, "CurrentNetworkType"), number_of(status, "CurrentNetworkTypeEx")
    code = number_of(status, "ConnectionStatus")
    roaming_code = number_of(status, "RoamingStatus")
    roaming = None if roaming_code is None else roaming_code == 1
    sim = sim_state(status, pin)
    word = _CONNECTION_WORDS.get(code or 0, "refused by the network or a wrong profile")
    data_switch = number_of(switch, "dataswitch")
    return LinkState(
        connected=code == _CONNECTED,
        registration=_registration(status, roaming=roaming, sim=sim),
        technology=technology_of(kind, kind_ex),
        rat=_NETWORK_TYPES_EX.get(kind_ex or 0) or _NETWORK_TYPES.get(kind or 0),
        operator=text_of(plmn, "FullName") or text_of(plmn, "ShortName"),
        plmn=text_of(plmn, "Numeric"),
        wan_address=text_of(status, "WanIPAddress") or text_of(status, "WanIPv6Address"),
        reports_address="WanIPAddress" in status,
        roaming=roaming,
        sim=sim,
        data_switch=None if data_switch is None else data_switch == 1,
        connection=None if code is None else f"{word} ({code})",
        bars=number_of(status, "SignalIcon"),
    )


def _registration(status: Fields, *, roaming: bool | None, sim: SimState) -> Registration:
    service = number_of(status, "ServiceStatus")
    if service is None:
        return Registration.UNKNOWN
    if service == _SERVICE:
        return Registration.ROAMING if roaming else Registration.HOME
    return Registration.SEARCHING if sim is SimState.READY else Registration.NONE


def mode_settings(answer: Fields) -> ModeSettings | None:
    """Return the three strings of net/net-mode exactly as read, None where one is missing."""
    values = [answer.get(name) for name in MODE_FIELDS]
    texts = [value for value in values if isinstance(value, str) and value]
    if len(texts) != len(MODE_FIELDS):
        return None
    return ModeSettings("hilink", tuple(zip(MODE_FIELDS, texts, strict=True)))


def modes(mode_list: Fields, information: Fields) -> tuple[Technology, ...]:
    """Return the offered technologies: of net/net-mode-list, else of supportmode, else all three."""
    offered = texts_of(mode_list, "AccessList", "Access")
    if offered:
        return tuple(one for one, code in MODE_OF_TECHNOLOGY.items() if code in offered)
    words = (text_of(information, "supportmode") or "").upper().split("|")
    named = tuple(one for one, word in _SUPPORT_WORDS.items() if word in words)
    return named or tuple(Technology)


def lte_bands(mode_list: Fields) -> int | None:
    """Return the mask of the LTE bands the device has, None where net/net-mode-list does not tell."""
    return _narrowest_mask(mode_list, "LTEBandList", "LTEBand")


def bands(mode_list: Fields) -> int | None:
    """Return the mask of the 2G and 3G bands the device has, None where net/net-mode-list does not tell."""
    return _narrowest_mask(mode_list, "BandList", "Band")


def _narrowest_mask(mode_list: Fields, plural: str, singular: str) -> int | None:
    group = mode_list.get(plural)
    entries = group.get(singular) if isinstance(group, Mapping) else None
    entries = entries if isinstance(entries, list) else [entries]
    masks = []
    for entry in entries:
        text = text_of(entry, "Value") if isinstance(entry, Mapping) else None
        if text is not None and re.fullmatch(r"[0-9a-fA-F]{1,16}", text):
            masks.append(int(text, 16))
    return min(masks, key=int.bit_count) if masks else None


def traffic_counters(answer: Fields) -> TrafficCounters | None:
    """Return the counters of the present data connection from monitoring/traffic-statistics."""
    up_bytes, down_bytes = number_of(answer, "CurrentUpload"), number_of(answer, "CurrentDownload")
    if up_bytes is None or down_bytes is None:
        return None
    return TrafficCounters(up_bytes, down_bytes, number_of(answer, "CurrentConnectTime"))


def signal(answer: Fields, para: Fields, link: LinkState, *, at: datetime) -> SignalReading:
    """Return one reading from device/signal, net/signal-para and the link state.

    RSSI: device/signal, else net/signal-para (as the WebUI does), else derived, else not measured with the reason.
    """
    technology = {0: Technology.G2, 2: Technology.G3, 7: Technology.G4}.get(
        -1 if (mode := number_of(answer, "mode")) is None else mode, link.technology
    )
    values = {name: _value(answer, name) for name in ("rsrp", "rsrq", "sinr", "rscp", "ecio")}
    values["rscp"] = values["rscp"] if values["rscp"] is not None else _value(para, "Rscp")
    values["ecio"] = values["ecio"] if values["ecio"] is not None else _value(para, "Ecio")
    rssi, source = _rssi(answer, para, values)
    return SignalReading(
        time=at,
        technology=technology,
        rssi_dbm=None if rssi is None else rssi.value,
        bound=None if rssi is None else rssi.bound,
        source=source,
        reason=None if rssi is not None else _why_no_rssi(answer, link),
        rsrp_dbm=values["rsrp"],
        rsrq_db=values["rsrq"],
        sinr_db=values["sinr"],
        rscp_dbm=values["rscp"],
        ecio_db=values["ecio"],
        band=text_of(answer, "band") or text_of(answer, "lte_bandinfo"),
        cell=text_of(answer, "cell_id") or text_of(para, "CellID"),
        operator=link.operator,
        rat=link.rat,
    )


def _value(fields: Fields, name: str) -> float | None:
    found = level(text_of(fields, name))
    return None if found is None or found.value in _NO_VALUE else found.value


def _rssi(answer: Fields, para: Fields, values: Mapping[str, float | None]) -> tuple[Level | None, SignalSource | None]:
    said = level(text_of(answer, "rssi"))
    is_floor = said is not None and said.bound is Bound.AT_MOST and said.value <= _FLOOR_DBM
    if said is not None and _is_plausible(said) and not (is_floor and all(v is None for v in values.values())):
        return said, SignalSource.DEVICE_SIGNAL
    said = level(text_of(para, "Rssi"))
    if said is not None and said.value not in _NO_VALUE and _is_plausible(said):
        return said, SignalSource.SIGNAL_PARA
    derived = derived_rssi_dbm(values, text_of(answer, "dlbandwidth") or text_of(answer, "lte_bandwidth"))
    return (None, None) if derived is None else (Level(derived), SignalSource.DERIVED)


def _is_plausible(found: Level) -> bool:
    """Tell a level of a radio receiver from a filler such as 0: TS 27.007 and ^HCSQ scales end at -120 and -25 dBm."""
    return -125 <= found.value <= -10


def derived_rssi_dbm(values: Mapping[str, float | None], bandwidth: str | None) -> float | None:
    """Return RSSI in dBm computed from the other quantities, None where they do not suffice.

    LTE: RSSI = RSRP - RSRQ + 10 log10(N), N resource blocks (definition of RSRQ, 3GPP TS 36.214 clause 5.1.3).
    WCDMA: RSSI = RSCP - Ec/Io (3GPP TS 25.215 clause 5.1.5). Right to about 2 dB: never for a verdict near the limit.
    """
    match = _MEGAHERTZ.fullmatch(bandwidth or "")
    blocks = _RESOURCE_BLOCKS.get(float(match[1])) if match else None
    rsrp_dbm, rsrq_db = values.get("rsrp"), values.get("rsrq")
    if rsrp_dbm is not None and rsrq_db is not None and blocks is not None:
        return round(rsrp_dbm - rsrq_db + 10 * math.log10(blocks), 1)
    rscp_dbm, ecio_db = values.get("rscp"), values.get("ecio")
    if rscp_dbm is not None and ecio_db is not None:
        return round(rscp_dbm - ecio_db, 1)
    return None


def _why_no_rssi(answer: Fields, link: LinkState) -> str:
    floor = text_of(answer, "rssi")
    if not link.registration.is_registered:
        return "not measured: the device has no service"
    if floor is not None:
        return f"not measured: the device says {floor} and nothing else, which is its word for unknown"
    return "not measured: this firmware hides the RSSI although it is connected (its bars are no measurement)"
