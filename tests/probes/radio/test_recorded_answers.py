"""Answers of real devices, where somebody has laid them beside the repository; they are nobody's to publish."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmltodict  # type: ignore[import-untyped]  # what huawei-lte-api reads answers with

from perfkit_probes.radio.at_modem import parsing as at_parsing
from perfkit_probes.radio.at_modem.channel import AtChannel
from perfkit_probes.radio.base import LinkState, Registration, SimState, Technology
from perfkit_probes.radio.hilink import parsing

RECORDED = Path(__file__).parents[3].parent / "shared" / "real-dongle"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
UP = LinkState(True, Registration.HOME)

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="no recorded answers beside the repository")


def fields(name: str) -> dict[str, object]:
    text = (RECORDED / "hilink" / name).read_text(encoding="utf-8")
    body = re.sub(r"<\?xml[^>]*\?>", "", text).strip()
    answer = xmltodict.parse(body if body.startswith(("<response", "<error")) else f"<response>{body}</response>")
    return dict(answer["response"])


def test_lte_signal_of_newer_firmware() -> None:
    one = parsing.signal(fields("lkwg82-e3372-lte/device-signal.lte-long.xml"), {}, UP, at=NOW)

    assert (one.rssi_dbm, one.rsrp_dbm, one.rsrq_db, one.sinr_db, one.band) == (-69, -89, -7, 6, "20")
    assert one.technology is Technology.G4


def test_status_of_newer_firmware_has_no_address() -> None:
    link = parsing.link_state(fields("lkwg82-e3372-lte/monitoring-status.901-lte.xml"), {}, {}, {})

    assert (link.connected, link.technology, link.reports_address, link.is_ready) == (True, Technology.G4, False, True)


@pytest.mark.parametrize("folder", ["e3372-fw22.317.01.00.00-wcdma"])
def test_connected_3g_stick_that_hides_its_signal(folder: str) -> None:
    status = fields(f"{folder}/monitoring-status.901-dchspa.fragment.xml")
    plmn = fields(f"{folder}/net-current-plmn.fragment.xml")
    link = parsing.link_state(status, plmn, fields(f"{folder}/pin-status.fragment.xml"), {})
    one = parsing.signal(fields(f"{folder}/device-signal.wcdma-all-empty.fragment.xml"), {}, link, at=NOW)

    assert (link.technology, link.rat, link.sim, link.bars) == (Technology.G3, "DC-HSPA+", SimState.READY, 5)
    assert link.wan_address is not None
    assert (one.rssi_dbm, one.technology) == (None, Technology.G3)
    assert "hides the RSSI" in (one.reason or "")


def test_modes_settings_and_identity() -> None:
    folder = "e3372-fw22.317.01.00.00-wcdma"
    mode_list = fields(f"{folder}/net-net-mode-list.fragment.xml")
    settings = parsing.mode_settings(fields(f"{folder}/net-net-mode.fragment.xml"))
    one = parsing.identity(fields(f"{folder}/device-information.fragment.xml"), {})

    assert parsing.modes(mode_list, {}) == tuple(Technology)
    assert (parsing.lte_bands(mode_list), parsing.bands(mode_list)) == (0x800C5, 0x2000000400380)
    assert settings is not None
    assert settings["LTEBand"] == "7FFFFFFFFFFFFFFF"
    assert (one.model, one.firmware) == ("E3372", "22.317.01.00.00")
    assert one.imei_masked is not None
    assert one.imei_masked.count("*") == 11


def test_counters_of_both() -> None:
    for name in ("lkwg82-e3372-lte/monitoring-traffic-statistics.xml",
                 "e3372-fw22.317.01.00.00-wcdma/monitoring-traffic-statistics.fragment.xml"):  # fmt: skip
        counters = parsing.traffic_counters(fields(name))
        assert counters is not None
        assert counters.down_bytes > counters.up_bytes > 0


class Replay:
    """A port that answers AT at once and everything else with recorded bytes."""

    name = "recorded"

    def __init__(self, text: str) -> None:
        self._text, self._waiting = text, b""

    def write(self, data: bytes) -> None:
        answer = "OK" if data == b"AT\r" else self._text
        self._waiting = f"\r\n{answer}\r\n".encode()

    def read(self, timeout_s: float) -> bytes:
        data, self._waiting = self._waiting, b""
        return data

    def close(self) -> None:
        """Nothing is open."""


def recorded_lines(name: str) -> str:
    return (RECORDED / "at" / name).read_text(encoding="utf-8")


def test_csq_after_events() -> None:
    text = recorded_lines("e3372s-153_csq_interleaved.txt").split("$ echo")[1].partition("\n")[2]

    assert AtChannel(Replay(text)).command("AT+CSQ", prefix="+CSQ") == ["28,99"]


def test_every_recorded_hcsq_agrees_with_the_rssi_event_before_it() -> None:
    stream = recorded_lines("e3372h-607_22.329_urc_stream.txt")
    pairs = re.findall(r"\^RSSI:(\d+)\s+\^HCSQ:([^\n]+)", stream)

    assert len(pairs) >= 6
    for rssi, text in pairs:
        levels = at_parsing.hcsq(text.strip())
        assert levels is not None
        assert levels.rssi is not None
        # steps of 2 dB against steps of 1 dB
        assert abs(at_parsing.csq_dbm(int(rssi))[0] - at_parsing.hcsq_dbm(levels.rssi)[0]) <= 1
