"""Answers written like those of real devices; the numbers are invented, expectations computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import xmltodict  # type: ignore[import-untyped]  # what huawei-lte-api reads answers with

from perfkit_probes.radio.base import (
    Bound,
    LinkState,
    Registration,
    SignalReading,
    SignalSource,
    SimState,
    Technology,
)
from perfkit_probes.radio.hilink import parsing

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
CONNECTED = LinkState(True, Registration.HOME, Technology.G4, rat="LTE", operator="Example")
SEARCHING = LinkState(False, Registration.SEARCHING)

SHAPE_A = "<pci>17</pci><sc></sc><cell_id>400123</cell_id><rsrq>-8dB</rsrq><rsrp>-91dBm</rsrp><rssi>-63dBm</rssi>"
SHAPE_A += "<sinr>12dB</sinr><rscp></rscp><ecio></ecio><psatt>1</psatt><mode>7</mode><lte_bandwidth></lte_bandwidth>"
SHAPE_A += "<lte_bandinfo></lte_bandinfo>"
HIDDEN = "<pci></pci><sc></sc><cell_id></cell_id><rsrq></rsrq><rsrp></rsrp><rssi></rssi><sinr></sinr><rscp></rscp>"
HIDDEN += "<ecio></ecio><psatt>1</psatt><mode>2</mode><lte_bandwidth></lte_bandwidth><lte_bandinfo></lte_bandinfo>"
SHAPE_B_3G = "<pci></pci><sc>99</sc><cell_id>12</cell_id><rsrq></rsrq><rsrp></rsrp><rssi>-77dBm</rssi><sinr></sinr>"
SHAPE_B_3G += "<rscp>-86dBm</rscp><ecio>-9dB</ecio><mode>2</mode>"
SHAPE_C = "<pci>40</pci><cell_id>77</cell_id><rsrq>-14.0dB</rsrq><rsrp>-105dBm</rsrp><rssi></rssi><sinr>-7dB</sinr>"
SHAPE_C += "<rscp></rscp><ecio></ecio><mode>7</mode><dlbandwidth>20MHz</dlbandwidth><band>3</band><plmn>00101</plmn>"


def fields(xml: str) -> dict[str, object]:
    answer = xmltodict.parse(f"<response>{xml}</response>")["response"]
    return dict(answer) if answer else {}


def read(xml: str, para: str = "", link: LinkState = CONNECTED) -> SignalReading:
    return parsing.signal(fields(xml), fields(para), link, at=NOON)


def test_shape_a_has_everything_of_lte() -> None:
    one = read(SHAPE_A)

    assert (one.technology, one.rssi_dbm, one.bound, one.source) == (
        Technology.G4,
        -63,
        None,
        SignalSource.DEVICE_SIGNAL,
    )
    assert (one.rsrp_dbm, one.rsrq_db, one.sinr_db, one.cell, one.operator) == (-91, -8, 12, "400123", "Example")


def test_shape_b_has_everything_of_wcdma() -> None:
    one = read(SHAPE_B_3G)

    assert (one.technology, one.rssi_dbm, one.rscp_dbm, one.ecio_db) == (Technology.G3, -77, -86, -9)


def test_shape_c_without_rssi_is_derived_from_100_resource_blocks() -> None:
    one = read(SHAPE_C)

    # -105 + 14 + 10 log10(100)
    assert (one.rssi_dbm, one.source, one.band) == (-71, SignalSource.DERIVED, "3")


def test_wcdma_without_rssi_is_derived_from_rscp_and_ecio() -> None:
    one = read(SHAPE_B_3G.replace("-77dBm", ""))

    assert (one.rssi_dbm, one.source) == (-77, SignalSource.DERIVED)


def test_hidden_rssi_is_not_measured_and_says_why() -> None:
    one = read(HIDDEN)

    assert (one.rssi_dbm, one.source, one.technology) == (None, None, Technology.G3)
    assert one.reason is not None
    assert "this firmware hides the RSSI" in one.reason


def test_hidden_rssi_is_taken_from_signal_para_where_that_has_one() -> None:
    para = "<Rssi>-71dBm</Rssi><Lac>1</Lac><CellID>99</CellID><Rscp>-145dBm</Rscp><Ecio>-32dB</Ecio>"
    one = read(HIDDEN, para)

    assert (one.rssi_dbm, one.source, one.cell) == (-71, SignalSource.SIGNAL_PARA, "99")
    assert (one.rscp_dbm, one.ecio_db) == (None, None)


def test_filler_of_signal_para_is_no_value() -> None:
    assert read(HIDDEN, "<Rssi>-145dBm</Rssi><Rscp>-145dBm</Rscp><Ecio>-32dB</Ecio>").rssi_dbm is None


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("-69dBm", -69, None),
        ("&gt;=-51dBm", -51, Bound.AT_LEAST),
        ("&lt;=-113dBm", -113, Bound.AT_MOST),
    ],
)
def test_rssi_keeps_its_bound(text: str, value: float, bound: Bound | None) -> None:
    one = read(SHAPE_A.replace("-63dBm", text))

    assert (one.rssi_dbm, one.bound) == (value, bound)


def test_floor_alone_means_unknown() -> None:
    one = read("<cell_id>5</cell_id><rssi>&lt;=-113dBm</rssi><mode>0</mode>")

    assert one.rssi_dbm is None
    assert one.reason == "not measured: the device says <=-113dBm and nothing else, which is its word for unknown"


def test_no_service_is_the_reason_without_service() -> None:
    assert read("<rssi></rssi><mode></mode>", link=SEARCHING).reason == "not measured: the device has no service"


@pytest.mark.parametrize("text", ["0dBm", "-999dBm", "n/a", "--", "-6-9dBm", "1e9dBm"])
def test_filler_is_not_measured(text: str) -> None:
    assert read(SHAPE_A.replace("-63dBm", text).replace("-91dBm", "")).rssi_dbm is None


def test_decimal_and_bounded_levels() -> None:
    one = read(SHAPE_A.replace("-8dB", "-7.5dB").replace("12dB", "&gt;=30dB"))

    assert (one.rsrq_db, one.sinr_db) == (-7.5, 30)


STATUS = (
    "<ConnectionStatus>901</ConnectionStatus><SignalStrength></SignalStrength><SignalIcon>4</SignalIcon>"
    "<CurrentNetworkType>9</CurrentNetworkType><RoamingStatus>0</RoamingStatus><WanIPAddress>10.1.2.3</WanIPAddress>"
    "<WanIPv6Address></WanIPv6Address><ServiceStatus>2</ServiceStatus><SimStatus>1</SimStatus>"
    "<CurrentNetworkTypeEx>46</CurrentNetworkTypeEx>"
)


def state(xml: str, pin: str = "", plmn: str = "", switch: str = "") -> LinkState:
    return parsing.link_state(fields(xml), fields(plmn), fields(pin), fields(switch))


def test_connected_link_of_older_firmware() -> None:
    link = state(STATUS, plmn="<State>0</State><FullName>A&#x2F;B</FullName><Numeric>00101</Numeric><Rat>2</Rat>")

    assert (link.connected, link.registration, link.technology, link.rat) == (
        True,
        Registration.HOME,
        Technology.G3,
        "DC-HSPA+",
    )
    assert (link.wan_address, link.operator, link.plmn, link.bars) == ("10.1.2.3", "A/B", "00101", 4)
    assert (link.is_ready, link.connection) == (True, "connected (901)")


def test_newer_firmware_tells_no_address() -> None:
    link = state(STATUS.replace("<WanIPAddress>10.1.2.3</WanIPAddress>", ""))

    assert (link.wan_address, link.reports_address, link.is_ready) == (None, False, True)


def test_searching_link() -> None:
    xml = STATUS.replace("901", "902").replace("<ServiceStatus>2", "<ServiceStatus>0").replace(">9<", ">0<")
    link = state(xml.replace(">46<", ">0<").replace("10.1.2.3", ""))

    assert (link.connected, link.registration, link.technology) == (False, Registration.SEARCHING, None)
    assert link.connection == "disconnected (902)"


def test_roaming_and_data_switch() -> None:
    link = state(STATUS.replace("<RoamingStatus>0", "<RoamingStatus>1"), switch="<dataswitch>0</dataswitch>")

    assert (link.registration, link.roaming, link.data_switch) == (Registration.ROAMING, True, False)


@pytest.mark.parametrize(
    ("status", "pin", "sim"),
    [
        ("1", "", SimState.READY),
        ("255", "", SimState.ABSENT),
        ("0", "", SimState.ABSENT),
        ("1", "<SimState>260</SimState>", SimState.PIN_REQUIRED),
        ("1", "<SimState>261</SimState>", SimState.PUK_REQUIRED),
        ("1", "<SimState>257</SimState>", SimState.READY),
        ("7", "", SimState.UNKNOWN),
    ],
)
def test_sim_state(status: str, pin: str, sim: SimState) -> None:
    assert state(STATUS.replace("<SimStatus>1", f"<SimStatus>{status}"), pin).sim is sim


@pytest.mark.parametrize(
    ("kind", "kind_ex", "technology"),
    [
        (0, 0, None), (1, 1, Technology.G2), (3, 3, Technology.G2), (4, 41, Technology.G3), (9, 46, Technology.G3),
        (18, None, Technology.G3), (None, 65, Technology.G3), (19, 101, Technology.G4), (19, 1011, Technology.G4),
        (77, 999, None), (None, None, None),
    ],
)  # fmt: skip
def test_technology_of_network_types(kind: int | None, kind_ex: int | None, technology: Technology | None) -> None:
    assert parsing.technology_of(kind, kind_ex) is technology


def test_offered_modes_with_many_one_and_no_entry() -> None:
    many = fields(
        "<AccessList><Access>00</Access><Access>01</Access><Access>02</Access><Access>03</Access></AccessList>"
    )
    one = fields("<AccessList><Access>03</Access></AccessList>")

    assert parsing.modes(many, {}) == (Technology.G2, Technology.G3, Technology.G4)
    assert parsing.modes(one, {}) == (Technology.G4,)
    assert parsing.modes({}, fields("<supportmode>LTE|WCDMA</supportmode>")) == (Technology.G3, Technology.G4)
    assert parsing.modes({}, {}) == tuple(Technology)


def test_lte_bands_of_the_device_are_the_narrowest_mask() -> None:
    one = "<LTEBand><Name>LTE BC1</Name><Value>800c5</Value></LTEBand>"
    every = "<LTEBand><Name>All bands</Name><Value>7ffffffffffffff</Value></LTEBand>"

    assert parsing.lte_bands(fields(f"<LTEBandList>{one}{every}</LTEBandList>")) == 0x800C5
    assert parsing.lte_bands(fields(f"<LTEBandList>{one}</LTEBandList>")) == 0x800C5
    assert parsing.lte_bands(fields("<LTEBandList></LTEBandList>")) is None


def test_mode_settings_are_kept_as_read() -> None:
    xml = "<NetworkMode>00</NetworkMode><NetworkBand>03fffffff</NetworkBand><LTEBand>800C5</LTEBand>"
    settings = parsing.mode_settings(fields(xml))

    assert settings is not None
    assert settings.values == (("NetworkMode", "00"), ("NetworkBand", "03fffffff"), ("LTEBand", "800C5"))
    assert parsing.mode_settings(fields("<NetworkMode>00</NetworkMode><NetworkBand></NetworkBand>")) is None


def test_identity_masks_numbers_and_falls_back_to_basic_information() -> None:
    full = parsing.identity(
        fields(
            "<DeviceName>E3372</DeviceName><SerialNumber>S1</SerialNumber><Imei>860000000000013</Imei><Imsi></Imsi>"
            "<Iccid>8900100000000000001F</Iccid><HardwareVersion>CL2E3372HM</HardwareVersion>"
            "<SoftwareVersion>22.317.01.00.00</SoftwareVersion>"
        ),
        {},
    )
    basic = parsing.identity({}, fields("<devicename>E3372</devicename>"))

    assert (full.model, full.hardware, full.firmware) == ("E3372", "CL2E3372HM", "22.317.01.00.00")
    assert (full.imei_masked, full.imsi_masked) == ("86***********13", None)
    assert (basic.model, basic.firmware, basic.imei_masked) == ("E3372", None, None)


def test_counters() -> None:
    xml = "<CurrentConnectTime>9</CurrentConnectTime><CurrentUpload>12</CurrentUpload><CurrentDownload>34</CurrentDownload>"
    counters = parsing.traffic_counters(fields(xml))

    assert counters is not None
    assert (counters.up_bytes, counters.down_bytes, counters.connected_s) == (12, 34, 9)
    assert parsing.traffic_counters({}) is None
