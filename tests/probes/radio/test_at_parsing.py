"""Answers written like those of real modems; the numbers are invented, expectations computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from perfkit_probes.radio.at_modem import parsing
from perfkit_probes.radio.base import Bound, LinkState, Registration, SignalSource, SimState, Technology

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOME = LinkState(True, Registration.HOME, Technology.G3, operator="Example")


@pytest.mark.parametrize(
    ("text", "value", "dbm", "bound"),
    [
        ("16,99", 16, -81, None),  # the threshold of the test procedure
        ("15,99", 15, -83, None),
        ("0,99", 0, -113, Bound.AT_MOST),
        ("1,99", 1, -111, None),
        ("31,99", 31, -51, Bound.AT_LEAST),
        ("13,0", 13, -87, None),
    ],
)
def test_csq(text: str, value: int, dbm: float, bound: Bound | None) -> None:
    assert parsing.csq(text) == value
    assert parsing.csq_dbm(value) == (dbm, bound)


@pytest.mark.parametrize("text", ["99,99", "32,99", "", "20", "a,b", "-1,99"])
def test_csq_unknown(text: str) -> None:
    assert parsing.csq(text) is None


@pytest.mark.parametrize(
    ("value", "dbm", "bound"),
    [(40, -81, None), (48, -73, None), (11, -110, None), (0, -120, Bound.AT_MOST), (96, -25, Bound.AT_LEAST)],
)
def test_hcsq_rssi(value: int, dbm: float, bound: Bound | None) -> None:
    assert parsing.hcsq_dbm(value) == (dbm, bound)


@pytest.mark.parametrize("text", ['"LTE",48,35,86,14', ' "LTE", 48, 35, 86, 14', "LTE,48,35,86,14"])
def test_hcsq_of_lte_in_all_its_spellings(text: str) -> None:
    levels = parsing.hcsq(text)

    assert levels is not None
    # RSRP 35 - 141, SINR 86 / 5 - 20.2, RSRQ 14 / 2 - 20
    assert (levels.rssi, levels.rsrp_dbm, levels.sinr_db, levels.rsrq_db) == (48, -106, -3.0, -13)


def test_hcsq_of_wcdma_gsm_and_none() -> None:
    wcdma, gsm, unknown = parsing.hcsq('"WCDMA",44,35,47'), parsing.hcsq('"GSM",36'), parsing.hcsq('"GSM",255,255')

    assert wcdma is not None
    assert (wcdma.technology, wcdma.rssi, wcdma.rscp_dbm, wcdma.ecio_db) == (Technology.G3, 44, -86, -9)
    assert gsm is not None
    assert (gsm.technology, gsm.rssi) == (Technology.G2, 36)
    assert unknown is not None
    assert unknown.rssi is None
    assert parsing.hcsq('"NOSERVICE"') == parsing.Hcsq(None)
    assert parsing.hcsq("") is None
    assert parsing.hcsq('"CDMA",1') is None


def test_disagreement_on_3g_keeps_both_and_takes_the_rssi() -> None:
    one = parsing.signal(parsing.hcsq('"WCDMA",44,35,47'), 13, HOME, at=NOON)

    assert (one.rssi_dbm, one.source, one.csq, one.hcsq) == (-77, SignalSource.HCSQ, 13, 44)


def test_csq_serves_where_hcsq_does_not() -> None:
    one = parsing.signal(None, 16, HOME, at=NOON)

    assert (one.rssi_dbm, one.source, one.technology) == (-81, SignalSource.CSQ, Technology.G3)


def test_99_is_not_measured() -> None:
    one = parsing.signal(parsing.hcsq('"GSM",255'), None, HOME, at=NOON)

    assert (one.rssi_dbm, one.source) == (None, None)
    assert one.reason == "not measured: the modem says 99 (unknown) to AT+CSQ and no level to AT^HCSQ?"


def test_system_info() -> None:
    info = parsing.system_info('2,3,0,1,,6,"LTE",101,"LTE"')
    none = parsing.system_info('0,0,0,255,,0,"NO SERVICE",0,"NO SERVICE"')

    assert info == parsing.SystemInfo(True, False, SimState.READY, Technology.G4, "LTE")
    assert none is not None
    assert (none.has_service, none.sim, none.technology) == (False, SimState.ABSENT, None)
    assert parsing.system_info("2,3") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('2,1,"00D3","00D09A81",6', Registration.HOME),
        ('2,5,"792D","04947221"', Registration.ROAMING),
        ("0,2", Registration.SEARCHING),
        ("2,3", Registration.DENIED),
        ("2,0", Registration.NONE),
        ("nonsense", Registration.UNKNOWN),
    ],
)
def test_registration(text: str, expected: Registration) -> None:
    assert parsing.registration(text) is expected


def test_event_is_not_taken_for_the_answer() -> None:
    assert parsing.is_answer_to_creg('2,1,"00D3","00D09A81",6')
    assert parsing.is_answer_to_creg("0,1")
    assert not parsing.is_answer_to_creg('1,"00D3","00D09A81"')
    assert not parsing.is_answer_to_creg("1")


def test_operator() -> None:
    assert parsing.operator('0,0,"Example, Inc.",7') == ("Example, Inc.", Technology.G4)
    assert parsing.operator("0") == (None, None)


@pytest.mark.parametrize(
    ("text", "connected"),
    [('1,,,"IPV4"', True), ('0,33,,"IPV4"', False), ('0,,,"IPV4",1,,,"IPV6"', True), ("1", True), ("0", False)],
)
def test_connection(text: str, connected: bool) -> None:
    assert parsing.is_connected(text) is connected


def test_address_is_little_endian() -> None:
    # CC DB 08 0A from the back: 10.8.219.204
    assert parsing.address("CCDB080A,F8FFFFFF,C9DB080A,C9DB080A,E67B59C0,E77B59C0,85600,85600") == "10.8.219.204"
    assert parsing.address("00000000,0,0,0,0,0,0,0") is None
    assert parsing.address("none") is None


def test_mode_settings_are_written_back_as_read() -> None:
    settings = parsing.mode_settings('"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF')

    assert settings is not None
    assert parsing.mode_command(settings) == 'AT^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,'
    assert parsing.mode_settings('"00",3FFFFFFF,1') is None


def test_offered_modes_and_bands() -> None:
    text = '("00","03","02","99"),((2000004e80380,"GSM850"),(3fffffff,"All Bands")),(0-2),(0-4),((800c5,"LTE2100"),'
    text += '(7fffffffffffffff,"All bands"))'

    assert parsing.modes(text) == (Technology.G3, Technology.G4)
    assert parsing.supported_lte_mask(text) == 0x800C5
    assert parsing.modes("") == tuple(Technology)
    assert parsing.supported_lte_mask("") is None


@pytest.mark.parametrize(
    ("pin", "error", "sim"),
    [
        ("READY", None, SimState.READY),
        ("SIM PIN", None, SimState.PIN_REQUIRED),
        ("SIM PUK", None, SimState.PUK_REQUIRED),
        (None, "10", SimState.ABSENT),
        (None, "SIM not inserted", SimState.ABSENT),
        (None, "13", SimState.INVALID),
        (None, None, SimState.UNKNOWN),
    ],
)
def test_sim_state(pin: str | None, error: str | None, sim: SimState) -> None:
    assert parsing.sim_state(pin, error) is sim


def test_identity() -> None:
    lines = ["Manufacturer: huawei", "Model: E3372", "Revision: 21.200.07.00.00", "IMEI: 860000000000021"]
    one = parsing.identity(lines, imsi=None, iccid="8900100000000000002F", hardware="CL2E3372HM Ver.A")

    assert (one.model, one.firmware, one.hardware, one.driver) == (
        "E3372",
        "21.200.07.00.00",
        "CL2E3372HM Ver.A",
        "at",
    )
    assert (one.imei_masked, one.imsi_masked) == ("86***********21", None)
