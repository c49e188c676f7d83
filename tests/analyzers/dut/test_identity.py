from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.configuration_record import IdentityInfo
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import Pics
from perfkit_analyzers.assess import analyze
from tests.campaign_logs import PICS, CampaignLogs, Exchanged, boot


def identity(folder: Path, *boots: tuple[str, Exchanged], pics: Pics | None = None) -> IdentityInfo:
    logs = CampaignLogs(folder)
    for test_case, exchange in boots:
        logs.run(test_case, exchanges=[exchange])
    return analyze([str(folder)], pics=pics or load_pics(PICS, "pics.yaml")).document.identity


def agreements(info: IdentityInfo) -> dict[str, bool | None]:
    return {one.field: one.agrees for one in info.comparisons}


def test_successive_boots_of_the_same_content_are_one(tmp_path: Path) -> None:
    info = identity(tmp_path, ("TC_001_CS", boot("1.0")), ("TC_002_CS", boot("1.0")))

    assert [(s.vendor, s.model, s.serial, s.firmware, s.boots) for s in info.seen] == [
        ("Norrland Laddning", "NL-11", "NL11-0042", "1.0", 2)
    ]
    assert (info.seen[0].first.test_case, info.seen[0].last.test_case) == ("TC_001_CS", "TC_002_CS")
    assert agreements(info) == {"vendor": True, "model": True, "serial": True, "firmware": True}
    assert (info.changes, info.reason, info.in_time_order) == ([], None, True)


@pytest.mark.parametrize(
    ("exchange", "field"),
    [
        (boot("1.0.1"), "firmware"),
        (boot("1.0", model="NL-11 S"), "model"),
        (boot("1.0", vendor="Norrland"), "vendor"),
        (boot("1.0", serial="NL11-0043"), "serial"),
    ],
)
def test_a_field_that_is_not_what_the_pics_states(tmp_path: Path, exchange: Exchanged, field: str) -> None:
    assert agreements(identity(tmp_path, ("TC_001_CS", exchange)))[field] is False


def test_case_and_blanks_do_not_matter_and_a_cut_text_agrees(tmp_path: Path) -> None:
    pics = load_pics("dut: {vendor: Norrland  LADDNING, model: NL-11 with a name that is too long}", "pics.yaml")
    info = identity(tmp_path, ("TC_001_CS", boot("1.0", model="NL-11 with a name th")), pics=pics)

    assert agreements(info) == {"vendor": True, "model": True, "serial": None, "firmware": None}


def test_a_change_is_an_alarm_in_the_warnings(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[boot("1.0")])
    path = logs.run("TC_002_CS", exchanges=[boot("1.1")])
    document = analyze([str(tmp_path)], pics=load_pics(PICS, "pics.yaml")).document

    assert [(c.field, c.before, c.after, c.full_retest) for c in document.identity.changes] == [
        ("firmware", "1.0", "1.1", True)
    ]
    alarms = [warning for warning in document.warnings if warning.startswith("ALARM")]
    assert alarms == [
        f"ALARM: firmware of the DUT changed from 1.0 to 1.1 in TC_002_CS ({path}:11): a change of the DUT in the course "
        "of testing needs a full re-test (5.5)"
    ]


def test_what_a_firmware_test_installs_is_no_alarm_if_it_is_undone(tmp_path: Path) -> None:
    info = identity(tmp_path, ("TC_001_CS", boot("1.0")), ("TC_044_1_CS", boot("2.0")), ("TC_002_CS", boot("1.0")))

    assert [(c.after, c.full_retest) for c in info.changes] == [("2.0", False)]
    assert agreements(info)["firmware"] is True


def test_what_a_firmware_test_leaves_behind_is_an_alarm(tmp_path: Path) -> None:
    info = identity(tmp_path, ("TC_001_CS", boot("1.0")), ("TC_080_CS", boot("2.0")), ("TC_002_CS", boot("2.0")))

    assert [(c.place.test_case, c.full_retest) for c in info.changes] == [("TC_080_CS", False), ("TC_002_CS", True)]


def test_the_station_of_2x(tmp_path: Path) -> None:
    station = {
        "vendorName": "Norrland Laddning",
        "model": "NL-11",
        "serialNumber": "NL11-0042",
        "firmwareVersion": "1.0",
    }
    exchange = ("in", "BootNotification", {"reason": "PowerUp", "chargingStation": station}, {"status": "Accepted"})
    info = identity(tmp_path, ("TC_B_01_CS", exchange))

    assert agreements(info) == {"vendor": True, "model": True, "serial": True, "firmware": True}


def test_logs_without_a_boot_say_so(tmp_path: Path) -> None:
    info = identity(tmp_path, ("TC_001_CS", ("in", "Heartbeat", {}, {"currentTime": "2026-05-04T08:00:00Z"})))

    assert info.reason == "no BootNotification in the logs"
    assert set(agreements(info).values()) == {None}


def test_a_csms_does_not_say_who_it_is() -> None:
    root = Path(__file__).parents[3]
    document = analyze([str(root / "sample_logs" / "csms")]).document

    assert document.identity.reason == "a CSMS does not say who it is"
    assert document.payload_times.count == 1
