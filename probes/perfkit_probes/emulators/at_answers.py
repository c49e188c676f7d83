"""What an emulated stick answers to each AT command, in the spelling of the real ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfkit_probes.emulators.radio import Fault, Levels, Phase
from perfkit_probes.radio.base import Technology

if TYPE_CHECKING:
    from perfkit_probes.emulators.at import AtEmulator

_SYSTEM_MODES = {Technology.G2: '1,"GSM",3,"EDGE"', Technology.G3: '3,"WCDMA",46,"DC-HSPA+"'}
_SYSTEM_MODES[Technology.G4] = '6,"LTE",101,"LTE"'
_ACCESS = {Technology.G2: "3", Technology.G3: "6", Technology.G4: "7"}
_MODE_EVENT = {Technology.G2: "3,3", Technology.G3: "5,4", Technology.G4: "6,101"}
_TECHNOLOGIES = {"01": Technology.G2, "02": Technology.G3, "03": Technology.G4}
_ALL = (Technology.G4, Technology.G3, Technology.G2)
_ADDRESS = "7659730A,F8FFFFFF,7159730A,7159730A,3500000A,3600000A,85600,85600"  # 10.115.89.118
# AT^SYSCFGEX="02",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,
_MODE_WRITE = re.compile(
    r'AT\^SYSCFGEX="((?:0[0-3]){1,3}|99)",([0-9A-F]+),([0-2]),([0-4]),([0-9A-F]+),,', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Firmware:
    """One kind of stick firmware."""

    manufacturer: str
    model: str
    revision: str
    hardware: str
    creg_has_technology: bool
    csq_from_rscp: bool  # the -320 computes CSQ on 3G from RSCP, which makes it lower than the RSSI


FIRMWARES = {
    "e3372": Firmware("huawei", "E3372", "21.200.07.00.00", "CL2E3372HM Ver.A", False, False),
    "h320": Firmware(
        "Huawei Technologies Co.,Ltd.", "E3372h-320", "10.0.5.1(H195SP3C983)", "CL4E3372HM Ver.A", True, True
    ),
}


@dataclass(frozen=True, slots=True)
class AtSettings:
    """The five values of ^SYSCFGEX, which survive a restart."""

    order: str
    band: str
    roam: str
    domain: str
    lte_band: str


@dataclass(frozen=True, slots=True)
class AtReply:
    """Lines of an answer and its final result."""

    lines: tuple[str, ...] = ()
    final: str = "OK"
    delay_s: float = 0.0
    resets: bool = False


_OK, _ERROR, _NOT_SUPPORTED = AtReply(), AtReply(final="ERROR"), AtReply(final="COMMAND NOT SUPPORT")


def answer(stick: AtEmulator, command: str) -> AtReply:
    """Return the answer to one command."""
    name = command.upper()
    if name.startswith("AT^SYSCFGEX="):
        return _write_mode(stick, command)
    if name in ("AT", "ATZ", "ATV1", "ATS0=0", "AT+CMEE=1") or name.startswith(
        ("AT+CREG=", "AT+CGREG=", "AT^NDISDUP=")
    ):
        return _OK
    if name == "ATQ0":
        return _ERROR if stick.firmware.creg_has_technology else _OK
    if name in ("ATE0", "ATE1"):
        stick.echo = name == "ATE1"
        return _OK
    if name in ("AT^CURC=0", "AT^CURC=1"):
        stick.reports_events = name == "AT^CURC=1"
        return _OK
    if name == "AT^RESET":
        return AtReply(resets=True)
    reader = _READERS.get(name)
    return reader(stick) if reader is not None else _ERROR


def events(stick: AtEmulator, *, is_change: bool) -> list[str]:
    """Return what the stick reports of its own: the levels, and the registration when that has changed."""
    now = stick.radio.snapshot()
    if now.technology is None or now.levels is None:
        return ["^SRVST:0", "+CREG: 2", "+CGREG: 2", '^HCSQ:"NOSERVICE"'] if is_change else ['^HCSQ:"NOSERVICE"']
    lines = [f"^RSSI:{_csq(stick, now.technology, now.levels)}", f"^HCSQ:{_hcsq(stick, now.technology, now.levels)}"]
    if is_change:
        lines = [f"^MODE:{_MODE_EVENT[now.technology]}", *lines, "+CREG: 1", "+CGREG: 1", '^NDISSTAT:1,,,"IPV4"']
    return lines


def _csq(stick: AtEmulator, technology: Technology, levels: Levels) -> int:
    faults = stick.options.faults
    if Fault.SATURATED in faults or Fault.FLOOR in faults:
        return 31 if Fault.SATURATED in faults else 0
    level_dbm = levels.rssi_dbm
    if technology is Technology.G3 and stick.firmware.csq_from_rscp and levels.rscp_dbm is not None:
        level_dbm = levels.rscp_dbm
    return min(max((level_dbm + 113) // 2, 0), 31)


def _hcsq(stick: AtEmulator, technology: Technology, levels: Levels) -> str:
    faults = stick.options.faults
    rssi = levels.rssi_dbm + 121
    if Fault.SATURATED in faults or Fault.FLOOR in faults:
        rssi = 96 if Fault.SATURATED in faults else 0
    if technology is Technology.G4 and levels.rsrp_dbm is not None and levels.rsrq_db is not None:
        sinr = round(((levels.sinr_db or 0) + 20.2) * 5)
        return f'"LTE",{rssi},{levels.rsrp_dbm + 141},{sinr},{(levels.rsrq_db + 20) * 2}'
    if technology is Technology.G3 and levels.rscp_dbm is not None and levels.ecio_db is not None:
        return f'"WCDMA",{rssi},{levels.rscp_dbm + 121},{int((levels.ecio_db + 32.5) * 2)}'
    return f'"GSM",{rssi},255'


def _write_mode(stick: AtEmulator, command: str) -> AtReply:
    if Fault.NO_SYSCFGEX in stick.options.faults:
        return _NOT_SUPPORTED
    if command.endswith("=?"):
        return AtReply((
            '^SYSCFGEX: ("00","03","02","01","99"),((2000000400380,"GSM900/GSM1800/WCDMA900/WCDMA2100"),'
            '(3fffffff,"All Bands")),(0-2),(0-4),((800c5,"LTE2100/LTE1800/LTE2600/LTE900/LTE800"),'
            '(7fffffffffffffff,"All bands"))',
        ))  # fmt: skip
    if Fault.CME_50 in stick.options.faults:
        return AtReply(final="+CME ERROR: 50")
    match = _MODE_WRITE.fullmatch(command)
    if match is None:
        return _ERROR
    old = stick.settings
    kept = {
        "order": old.order if match[1] == "99" else match[1],
        "band": old.band if match[2] == "40000000" else match[2],
        "roam": old.roam if match[3] == "2" else match[3],
        "domain": old.domain if match[4] == "4" else match[4],
        "lte_band": old.lte_band if match[5] == "40000000" else match[5],
    }
    stick.settings = AtSettings(**kept)
    stick.writes.append(stick.settings)
    order = kept["order"]
    pairs = [order[at : at + 2] for at in range(0, len(order), 2)]
    stick.radio.allow(_ALL if "00" in pairs else tuple(_TECHNOLOGIES[pair] for pair in pairs))
    return AtReply(delay_s=1.0)


def _ati(stick: AtEmulator) -> AtReply:
    kind = stick.firmware
    return AtReply((
        f"Manufacturer: {kind.manufacturer}", f"Model: {kind.model}", f"Revision: {kind.revision}",
        f"IMEI: {stick.options.imei}", "+GCAP: +CGSM,+DS,+ES",
    ))  # fmt: skip


def _version(stick: AtEmulator) -> AtReply:
    kind = stick.firmware
    return AtReply((f'^FHVER:"{kind.model} {kind.revision},{kind.hardware}"',))


def _cpin(stick: AtEmulator) -> AtReply:
    if Fault.NO_SIM in stick.options.faults:
        return AtReply(final="+CME ERROR: 10")
    return AtReply(("+CPIN: SIM PIN" if Fault.PIN in stick.options.faults else "+CPIN: READY",))


def _csq_answer(stick: AtEmulator) -> AtReply:
    now = stick.radio.snapshot()
    if now.technology is None or now.levels is None:
        return AtReply(("+CSQ: 99,99",))
    return AtReply((f"+CSQ: {_csq(stick, now.technology, now.levels)},99",))


def _hcsq_answer(stick: AtEmulator) -> AtReply:
    if Fault.HCSQ_ERROR in stick.options.faults:
        return _ERROR
    now = stick.radio.snapshot()
    if now.technology is None or now.levels is None:
        return AtReply(('^HCSQ:"NOSERVICE"',))
    return AtReply((f"^HCSQ:{_hcsq(stick, now.technology, now.levels)}",))


def _sysinfo(stick: AtEmulator) -> AtReply:
    technology = stick.radio.snapshot().technology
    if Fault.NO_SIM in stick.options.faults:
        return AtReply(('^SYSINFOEX:0,0,0,255,,0,"NO SERVICE",0,"NO SERVICE"',))
    if technology is None:
        return AtReply(('^SYSINFOEX:0,4,0,1,,0,"NO SERVICE",0,"NO SERVICE"',))
    return AtReply((f"^SYSINFOEX:2,3,0,1,,{_SYSTEM_MODES[technology]}",))


def _mode(stick: AtEmulator) -> AtReply:
    if Fault.NO_SYSCFGEX in stick.options.faults:
        return _NOT_SUPPORTED
    now = stick.settings
    return AtReply((f'^SYSCFGEX:"{now.order}",{now.band},{now.roam},{now.domain},{now.lte_band}',))


def _cops(stick: AtEmulator) -> AtReply:
    technology = stick.radio.snapshot().technology
    if technology is None:
        return AtReply(("+COPS: 0",))
    return AtReply((f'+COPS: 0,0,"Emulated",{_ACCESS[technology]}',))


def _registration(name: str) -> Callable[[AtEmulator], AtReply]:
    def read(stick: AtEmulator) -> AtReply:
        technology = stick.radio.snapshot().technology
        if technology is None:
            return AtReply((f"{name}: 2,2",))
        access = f",{_ACCESS[technology]}" if stick.firmware.creg_has_technology else ""
        return AtReply((f'{name}: 2,1,"00D3","00D09A81"{access}',))

    return read


def _connection(stick: AtEmulator) -> AtReply:
    connected = stick.radio.snapshot().phase is Phase.CONNECTED
    return AtReply((f'^NDISSTATQRY: {int(connected)},,,"IPV4"',))


def _dhcp(stick: AtEmulator) -> AtReply:
    return AtReply((f"^DHCP: {_ADDRESS}",)) if stick.radio.snapshot().phase is Phase.CONNECTED else _ERROR


def _with_sim(line: str) -> Callable[[AtEmulator], AtReply]:
    def read(stick: AtEmulator) -> AtReply:
        return AtReply(final="+CME ERROR: 10") if Fault.NO_SIM in stick.options.faults else AtReply((line,))

    return read


_READERS: dict[str, Callable[[AtEmulator], AtReply]] = {
    "ATI": _ati,
    "AT+CGMI": lambda stick: AtReply((stick.firmware.manufacturer,)),
    "AT+CGMM": lambda stick: AtReply((stick.firmware.model,)),
    "AT+CGMR": lambda stick: AtReply((stick.firmware.revision,)),
    "AT+CGSN": lambda stick: AtReply((stick.options.imei,)),
    "AT+CIMI": _with_sim("001010000000002"),
    "AT^ICCID?": _with_sim("^ICCID: 8900100000000000002F"),
    "AT^FHVER": _version,
    "AT+CPIN?": _cpin,
    "AT+CSQ": _csq_answer,
    "AT^HCSQ?": _hcsq_answer,
    "AT^SYSINFOEX": _sysinfo,
    "AT^SYSCFGEX?": _mode,
    "AT+COPS?": _cops,
    "AT+CREG?": _registration("+CREG"),
    "AT+CGREG?": _registration("+CGREG"),
    "AT^NDISSTATQRY?": _connection,
    "AT^DHCP?": _dhcp,
}  # fmt: skip
