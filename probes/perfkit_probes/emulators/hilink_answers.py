"""What an emulated HiLink dongle answers to each GET, in the order and spelling of the real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from perfkit_probes.emulators.radio import Fault, Levels, Phase, RadioSnapshot
from perfkit_probes.radio.base import ALL_LTE_BANDS, Technology

if TYPE_CHECKING:
    from perfkit_probes.emulators.hilink import HilinkEmulator

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_OWN_LTE_BANDS = "800C5"  # bands 1, 3, 7, 8, 20
_MODE = {Technology.G2: "0", Technology.G3: "2", Technology.G4: "7"}
_WORK_MODE = {Technology.G2: "GSM", Technology.G3: "WCDMA", Technology.G4: "LTE"}
_RAT = {Technology.G2: "0", Technology.G3: "2", Technology.G4: "7"}
_BARS = {Technology.G2: "3", Technology.G3: "4", Technology.G4: "4"}
# CurrentNetworkType and ...Ex: just registered, and once traffic has flowed.
_TYPES = {Technology.G2: ("1", "1"), Technology.G3: ("4", "41"), Technology.G4: ("19", "101")}
_TYPES_WITH_TRAFFIC = {Technology.G2: ("3", "3"), Technology.G3: ("9", "46"), Technology.G4: ("19", "101")}
_TRAFFIC_AFTER_S = 2.0
_CONNECTION = {Phase.DISCONNECTING: "903", Phase.SEARCHING: "902", Phase.CONNECTING: "900", Phase.CONNECTED: "901"}
_SIGNAL_B = ("pci", "sc", "cell_id", "rsrq", "rsrp", "rssi", "sinr", "rscp", "ecio", "mode")
_SIGNAL_A = (*_SIGNAL_B[:-1], "psatt", "mode", "lte_bandwidth", "lte_bandinfo")
_SIGNAL_C = (
    *_SIGNAL_B, "ulbandwidth", "dlbandwidth", "txpower", "tdd", "ul_mcs", "dl_mcs", "earfcn", "rrc_status", "rac",
    "lac", "tac", "band", "nei_cellid", "plmn", "ims", "wdlfreq", "lteulfreq", "ltedlfreq", "transmode", "enodeb_id",
    "cqi0", "cqi1", "ulfrequency", "dlfrequency", "arfcn", "bsic", "rxlev",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of firmware. `token_page` is what webserver/token gives: "digits", "long" (64 characters) or a code."""

    firmware: str
    webui: str
    hardware: str
    metas: int
    token_page: str
    sestok_prefix: str | None  # None: no webserver/SesTokInfo
    signal_fields: tuple[str, ...]
    needs_cookie: bool = True
    wrong_token_code: int = 125003
    hides_signal: bool = False
    reports_address: bool = True
    reports_percent: bool = False


PROFILES = {
    "h153": Profile(
        "22.317.01.00.00", "17.100.14.02.577", "CL2E3372HM", 2, "125002", "SessionID=", _SIGNAL_A, hides_signal=True
    ),
    "h153-old": Profile(
        "22.200.09.00.00", "17.100.06.00.03", "CL2E3372HM", 0, "digits", None, _SIGNAL_B,
        needs_cookie=False, wrong_token_code=125001, reports_percent=True,
    ),
    "h320": Profile(
        "10.0.5.1(H195SP3C983)", "WEBUI 10.0.5.1(W13SP5C7702)", "CL4E3372HM", 0, "long", "", _SIGNAL_C,
        reports_address=False,
    ),
    "no-endpoint-token": Profile(
        "22.333.01.00.00", "17.100.18.03.143", "CL2E3372HM", 1, "100002", None, _SIGNAL_A
    ),
}  # fmt: skip


class ApiFailure(Exception):  # noqa: N818 - an answer of the dongle, not an error of perfkit
    """The dongle answers with an error code."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True, slots=True)
class DongleSettings:
    """What survives a restart of the dongle."""

    mode: str
    band: str
    lte_band: str
    imei: str

    def written(self, mode: str, band: str, lte_band: str, *, narrows: bool) -> DongleSettings:
        """Return the settings after a write; some firmware narrows "all bands" to the bands it has."""
        is_all = int(lte_band, 16) & ALL_LTE_BANDS == ALL_LTE_BANDS
        return replace(self, mode=mode, band=band, lte_band=_OWN_LTE_BANDS if narrows and is_all else lte_band)


def xml(content: str | list[tuple[str, str]]) -> str:
    """Return a response; fields stand on lines of their own with CRLF between them."""
    if isinstance(content, str):
        return f"{_DECLARATION}<response>{content}</response>"
    lines = [f"<{name}>{text}</{name}>" for name, text in content]
    return "\r\n".join([_DECLARATION, "<response>", *lines, "</response>"]) + "\r\n"


def error_xml(code: int) -> str:
    """Return an error answer."""
    return "\r\n".join([_DECLARATION, "<error>", f"<code>{code}</code>", "<message></message>", "</error>"]) + "\r\n"


def _token_page(dongle: HilinkEmulator, session_id: str) -> str:
    kind = dongle.profile.token_page
    if dongle.options.faults & {Fault.TOKEN_RECURSION, Fault.NO_TOKEN}:
        raise ApiFailure(125002)
    if kind.isdigit():
        raise ApiFailure(int(kind))
    if kind == "long":
        dongle.sessions.check(session_id)
    token = dongle.sessions.new_token(session_id)
    return xml([("token", "0" * 32 + token if kind == "long" else token)])


def _session_and_token(dongle: HilinkEmulator, session_id: str) -> str:
    prefix = dongle.profile.sestok_prefix
    if prefix is None or Fault.NO_SESTOK in dongle.options.faults:
        raise ApiFailure(100002)
    if Fault.NO_TOKEN in dongle.options.faults:
        raise ApiFailure(125002)
    if not dongle.sessions.is_known(session_id):
        session_id = dongle.sessions.begin()
    token = dongle.sessions.new_token(session_id)
    answer = xml([("SesInfo", prefix + session_id), ("TokInfo", token)])
    return answer if prefix else answer.replace("\r\n", "")


def _basic_information(_dongle: HilinkEmulator, _session_id: str) -> str:
    return xml([
        ("productfamily", "LTE"), ("classify", "hilink"), ("multimode", "0"), ("restore_default_status", "1"),
        ("sim_save_pin_enable", "0"), ("devicename", "E3372"),
    ])  # fmt: skip


def _information(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    if Fault.LOGIN in dongle.options.faults and not dongle.sessions.is_logged_in(session_id):
        raise ApiFailure(100003)
    technology = dongle.radio.snapshot().technology
    has_sim = Fault.NO_SIM not in dongle.options.faults
    return xml([
        ("DeviceName", "E3372"), ("SerialNumber", "G4P0000000000001"), ("Imei", dongle.settings.imei),
        ("Imsi", "001010000000001" if has_sim else ""), ("Iccid", "8900100000000000001F" if has_sim else ""),
        ("Msisdn", ""), ("HardwareVersion", dongle.profile.hardware), ("SoftwareVersion", dongle.profile.firmware),
        ("WebUIVersion", dongle.profile.webui), ("MacAddress1", "02:00:00:00:00:01"), ("MacAddress2", ""),
        ("ProductFamily", "LTE"), ("Classify", "hilink"), ("supportmode", "LTE|WCDMA|GSM"),
        ("workmode", "NO SERVICE" if technology is None else _WORK_MODE[technology]),
    ])  # fmt: skip


def _signal(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    snapshot = dongle.radio.snapshot()
    values = _signal_values(dongle, snapshot)
    return xml([(name, values.get(name, "")) for name in dongle.profile.signal_fields])


def _signal_values(dongle: HilinkEmulator, snapshot: RadioSnapshot) -> dict[str, str]:
    if snapshot.technology is None or snapshot.levels is None:
        return {}
    technology, levels = snapshot.technology, snapshot.levels
    values = {"psatt": "1", "mode": _MODE[technology]}
    if dongle.hides_signal:
        return values
    values |= {"cell_id": "2576001", "rssi": _rssi_text(dongle, levels)}
    if Fault.FLOOR in dongle.options.faults:
        return values
    if technology is Technology.G4:
        values |= {"pci": "356", "rsrp": f"{levels.rsrp_dbm}dBm", "sinr": f"{levels.sinr_db}dB"}
        values["rsrq"] = f"{levels.rsrq_db}.0dB" if len(dongle.profile.signal_fields) > 20 else f"{levels.rsrq_db}dB"
        values |= {"dlbandwidth": "10MHz", "ulbandwidth": "10MHz", "earfcn": "DL:6300 UL:24300", "band": "20"}
    elif technology is Technology.G3:
        values |= {"sc": "212", "rscp": f"{levels.rscp_dbm}dBm", "ecio": f"{levels.ecio_db}dB"}
    return values


def _rssi_text(dongle: HilinkEmulator, levels: Levels) -> str:
    if Fault.SATURATED in dongle.options.faults:
        return "&gt;=-51dBm"
    if Fault.FLOOR in dongle.options.faults:
        return "&lt;=-113dBm"
    return f"{levels.rssi_dbm}dBm"


def _signal_para(dongle: HilinkEmulator, session_id: str) -> str:
    if not dongle.options.has_signal_para:
        raise ApiFailure(100002)
    dongle.sessions.check(session_id)
    levels = dongle.radio.snapshot().levels
    if levels is None:
        return xml([("Rssi", "-145dBm"), ("Lac", ""), ("CellID", ""), ("Rscp", "-145dBm"), ("Ecio", "-32dB")])
    rscp = "-145dBm" if levels.rscp_dbm is None else f"{levels.rscp_dbm}dBm"
    ecio = "-32dB" if levels.ecio_db is None else f"{levels.ecio_db}dB"
    return xml([
        ("Rssi", f"{levels.rssi_dbm}dBm"), ("Lac", "00D3"), ("CellID", "00D09A81"), ("Rscp", rscp), ("Ecio", ecio),
    ])  # fmt: skip


def _status(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    snapshot = dongle.radio.snapshot()
    technology = snapshot.technology
    network_type, network_type_ex = ("0", "0")
    if technology is not None:
        types = _TYPES_WITH_TRAFFIC if snapshot.connected_s > _TRAFFIC_AFTER_S else _TYPES
        network_type, network_type_ex = types[technology]
    connection = "905" if snapshot.searched_s > 60 else _CONNECTION[snapshot.phase]
    sim = "255" if Fault.NO_SIM in dongle.options.faults else "1"
    address = [("WanIPAddress", snapshot.wan_address or ""), ("WanIPv6Address", "")]
    percent = "80" if dongle.profile.reports_percent and technology is not None else ""
    return xml([
        ("ConnectionStatus", connection), ("WifiConnectionStatus", ""), ("SignalStrength", percent),
        ("SignalIcon", "0" if technology is None else _BARS[technology]), ("CurrentNetworkType", network_type),
        ("CurrentServiceDomain", "3"), ("RoamingStatus", "0"), ("BatteryStatus", ""), ("BatteryLevel", ""),
        ("BatteryPercent", ""), ("simlockStatus", "0"), *(address if dongle.profile.reports_address else []),
        ("PrimaryDns", "10.0.0.53"), ("SecondaryDns", "10.0.0.54"), ("PrimaryIPv6Dns", ""), ("SecondaryIPv6Dns", ""),
        ("CurrentWifiUser", ""), ("TotalWifiUser", ""), ("currenttotalwifiuser", "0"),
        ("ServiceStatus", "0" if technology is None else "2"), ("SimStatus", sim), ("WifiStatus", ""),
        ("CurrentNetworkTypeEx", network_type_ex), ("maxsignal", "5"), ("wifiindooronly", "-1"),
        ("wififrequence", "0"), ("classify", "hilink"), ("flymode", "0"), ("cellroam", "0"), ("ltecastatus", "0"),
    ])  # fmt: skip


def _traffic(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    now = dongle.radio.snapshot()
    return xml([
        ("CurrentConnectTime", str(int(now.connected_s))), ("CurrentUpload", str(now.up_bytes)),
        ("CurrentDownload", str(now.down_bytes)), ("CurrentDownloadRate", "0"), ("CurrentUploadRate", "0"),
        ("TotalUpload", str(now.up_bytes)), ("TotalDownload", str(now.down_bytes)),
        ("TotalConnectTime", str(int(now.connected_s))), ("showtraffic", "1"),
    ])  # fmt: skip


def _net_mode(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    now = dongle.settings
    return xml([("NetworkMode", now.mode), ("NetworkBand", now.band), ("LTEBand", now.lte_band)])


def _net_mode_list(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    access = "".join(f"<Access>{code}</Access>" for code in ("00", "01", "02", "03"))
    band = "<Band><Name>GSM900&#x2F;GSM1800&#x2F;WCDMA BCI</Name><Value>2000000400380</Value></Band>"
    own = "<LTEBand><Name>LTE BC1&#x2F;LTE BC3&#x2F;LTE BC20</Name><Value>800c5</Value></LTEBand>"
    every = "<LTEBand><Name>All bands</Name><Value>7ffffffffffffff</Value></LTEBand>"
    return xml([("AccessList", access), ("BandList", band), ("LTEBandList", own + every)])


def _plmn(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    technology = dongle.radio.snapshot().technology
    if technology is None:
        return xml([("State", "1"), ("FullName", ""), ("ShortName", ""), ("Numeric", ""), ("Rat", "")])
    return xml([
        ("State", "0"), ("FullName", "Emulated"), ("ShortName", "Emulated"), ("Numeric", "00101"),
        ("Rat", _RAT[technology]),
    ])  # fmt: skip


def _pin(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    faults = dongle.options.faults
    state = "255" if Fault.NO_SIM in faults else "260" if Fault.PIN in faults else "257"
    return xml([("SimState", state), ("PinOptState", "258"), ("SimPinTimes", "3"), ("SimPukTimes", "10")])


def _data_switch(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    if Fault.DATA_OFF in dongle.options.faults:
        return xml([("dataswitch", "0")])
    if dongle.profile.reports_address:  # the older firmware has no such switch
        raise ApiFailure(100002)
    return xml([("dataswitch", "1")])


def _dialup(dongle: HilinkEmulator, session_id: str) -> str:
    dongle.sessions.check(session_id)
    return xml([
        ("RoamAutoConnectEnable", "0"), ("MaxIdelTime", "600"), ("ConnectMode", "0"), ("MTU", "1500"),
        ("auto_dial_switch", "1"), ("pdp_always_on", "0"),
    ])  # fmt: skip


def _state_login(dongle: HilinkEmulator, session_id: str) -> str:
    kind = "4" if Fault.LOGIN in dongle.options.faults else "0"
    state = "0" if dongle.sessions.is_known(session_id) and dongle.sessions.is_logged_in(session_id) else "-1"
    return xml([("State", state), ("Username", ""), ("password_type", kind)])


ENDPOINTS: dict[str, Callable[[HilinkEmulator, str], str]] = {
    "webserver/token": _token_page,
    "webserver/SesTokInfo": _session_and_token,
    "device/basic_information": _basic_information,
    "device/information": _information,
    "device/signal": _signal,
    "net/signal-para": _signal_para,
    "monitoring/status": _status,
    "monitoring/traffic-statistics": _traffic,
    "net/net-mode": _net_mode,
    "net/net-mode-list": _net_mode_list,
    "net/current-plmn": _plmn,
    "pin/status": _pin,
    "dialup/connection": _dialup,
    "dialup/mobile-dataswitch": _data_switch,
    "user/state-login": _state_login,
}
