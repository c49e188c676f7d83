from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.errors import PicsError
from perfkit.core.pics.contradictions import CONTRADICTIONS
from perfkit.core.pics.load import load_pics, read_pics

ROOT = Path(__file__).parents[4]

# text, place of the finding, key, words of the message, clause
CASES = [
    ("profiles: {certificate: subset, core: no}", "1:39", "profiles.core", "certificate", "A.1, Core"),
    ("profiles: {certificate: full, core: no}", "1:37", "profiles.core", "certificate", "A.1, Core"),
    ("profiles: {certificate: full, reservation: no}", "1:44", "profiles.reservation", "full", "A.1"),
    ("profiles: {certificate: full, remote_trigger: no}", "1:47", "profiles.remote_trigger", "full", "A.1"),
    ("profiles: {certificate: full, firmware_management: no}", "1:52", "profiles.firmware_management", "full", "A.1"),
    ("profiles: {certificate: full, smart_charging: no}", "1:47", "profiles.smart_charging", "full", "A.1"),
    (
        "profiles: {certificate: full, local_auth_list_management: no}",
        "1:59",
        "profiles.local_auth_list_management",
        "full",
        "A.1",
    ),
    (
        "dut: {product_subtype: mode_1_2_only}\nprofiles: {smart_charging: yes}",
        "2:28",
        "profiles.smart_charging",
        "not applicable",
        "A.1, Smart Charging",
    ),
    (
        "dut: {product_subtype: Mode 1/2-only Charging Station}\nprofiles: {certificate: full}",
        "2:25",
        "profiles.certificate",
        "Smart Charging",
        "A.1, Smart Charging",
    ),
    (
        "dut: {product_subtype: mode_1_2_only}\nfeatures: {C-06: no}",
        "2:18",
        "features.C-06",
        "TC_005_2",
        "Appendix C, TC_005_2",
    ),
    ("features: {R-1: yes}\nprofiles: {reservation: no}", "1:17", "features.R-1", "reservation", "A.1, Reservation"),
    ("security: {profile_2: no, profile_3: no}", "1:38", "security.profile_3", "2 or 3 or both", "A.2"),
    (
        "security: {certificate: yes, profile_1: yes, profile_2: no, profile_3: no}",
        "1:72",
        "security.profile_3",
        "2 or 3 or both",
        "A.2",
    ),
    (
        "security: {profile_3: yes, cipher_suites_ecdhe_ecdsa: no, cipher_suites_rsa: no}",
        "1:78",
        "security.cipher_suites_rsa",
        "TLS",
        "A.2, Supported cipher suites",
    ),
    ("dut: {sockets: multiple, connectors: 1}", "1:16", "dut.sockets", "connectors: 1", "A, Socket"),
    ("dut: {sockets: single, connectors: 2}", "1:16", "dut.sockets", "more than 1", "A, Socket"),
    (
        "dut: {communication_technologies: [wifi, ethernet]}\ncommunication: mobile",
        "2:16",
        "communication.technology",
        "does not list it",
        "A.4",
    ),
    (
        "limits: {HeartbeatIntervalMinimum: 61, HeartbeatIntervalMaximum: 60}",
        "1:36",
        "limits.HeartbeatIntervalMinimum",
        "smaller",
        "A, Other relevant",
    ),
    (
        "limits: {MeterValueSampleIntervalMinimum: 2, MeterValueSampleIntervalMaximum: 1}",
        "1:43",
        "limits.MeterValueSampleIntervalMinimum",
        "smaller",
        "A, Other relevant",
    ),
    (
        "features: {SC-1: both}\nlimits: {ChargingScheduleAllowedChargingRateUnit: Power}",
        "1:18",
        "features.SC-1",
        "not list Current",
        "A, SC-1",
    ),
    (
        "features: {SC-1: W}\nlimits: {ChargingScheduleAllowedChargingRateUnit: [Power, Current]}",
        "1:18",
        "features.SC-1",
        "lists Current too",
        "A, SC-1",
    ),
    (
        "profiles: {local_auth_list_management: yes}\nlimits: {LocalAuthListMaxLength: 4}",
        "2:34",
        "limits.LocalAuthListMaxLength",
        "5 idTokens",
        "Appendix C, TC_043",
    ),
    (
        "profiles: {smart_charging: yes}\nlimits: {ChargingScheduleMaxPeriods: 4}",
        "2:38",
        "limits.ChargingScheduleMaxPeriods",
        "5 periods",
        "Appendix C, TC_066",
    ),
    (
        "profiles: {smart_charging: yes}\nlimits: {ChargeProfileMaxStackLevel: 0}",
        "2:38",
        "limits.ChargeProfileMaxStackLevel",
        "2 stack levels",
        "Appendix C, TC_072",
    ),
]
# What is near a contradiction and none.
CONSISTENT = [
    "profiles: {core: no}",
    "profiles: {certificate: subset, core: yes, reservation: no, smart_charging: no}",
    "profiles: {certificate: full, core: yes, reservation: yes}",
    "dut: {product_subtype: none}\nprofiles: {smart_charging: yes, certificate: full}",
    "dut: {product_subtype: mode_1_2_only}\nprofiles: {smart_charging: no, certificate: subset}\nfeatures: {C-06: both}",
    "features: {C-06: no}",
    "features: {R-1: yes}\nprofiles: {reservation: yes}",
    "features: {R-1: no}\nprofiles: {reservation: no}",
    "features: {R-1: yes}",
    "security: {certificate: no, profile_2: no, profile_3: no}",
    "security: {profile_2: yes, profile_3: no}",
    "security: {profile_3: no}",
    "security: {profile_1: yes}",
    "security: {profile_2: yes, cipher_suites_ecdhe_ecdsa: no, cipher_suites_rsa: yes}",
    "security: {profile_1: yes, cipher_suites_ecdhe_ecdsa: no, cipher_suites_rsa: no}",
    "dut: {sockets: single, connectors: 1}",
    "dut: {sockets: multiple, connectors: 2}",
    "dut: {sockets: multiple}",
    "dut: {communication_technologies: [mobile, wifi]}\ncommunication: mobile",
    "limits: {HeartbeatIntervalMinimum: 60, HeartbeatIntervalMaximum: 60}",
    "limits: {HeartbeatIntervalMaximum: 60}",
    "features: {SC-1: both}\nlimits: {ChargingScheduleAllowedChargingRateUnit: [Power, Current]}",
    "features: {SC-1: W}\nlimits: {ChargingScheduleAllowedChargingRateUnit: [Power]}",
    "profiles: {local_auth_list_management: yes}\nlimits: {LocalAuthListMaxLength: 5}",
    "profiles: {local_auth_list_management: no}\nlimits: {LocalAuthListMaxLength: 4}",
    "profiles: {smart_charging: yes}\nlimits: {ChargingScheduleMaxPeriods: 5, ChargeProfileMaxStackLevel: 1}",
]


@pytest.mark.parametrize(("text", "place", "key", "words", "clause"), CASES)
def test_a_contradiction_is_found_at_its_key(text: str, place: str, key: str, words: str, clause: str) -> None:
    with pytest.raises(PicsError) as caught:
        load_pics(text, "perf.yaml")

    finding = next(finding for finding in caught.value.findings if finding.key == key)
    assert f"{finding.line}:{finding.column}" == place
    assert " contradicts " in finding.message
    assert words in finding.message
    assert clause in finding.message.rpartition("[")[2]


def test_every_contradiction_has_a_case() -> None:
    keys = {key for _, _, key, _, _ in CASES}

    assert {row.at for row in CONTRADICTIONS} == keys
    assert len(CASES) >= 20


@pytest.mark.parametrize("text", CONSISTENT)
def test_what_is_consistent_is_accepted(text: str) -> None:
    assert load_pics(text, "perf.yaml").source == "perf.yaml"


def test_all_contradictions_are_reported_at_once_in_file_order() -> None:
    text = (
        "dut: {product_subtype: mode_1_2_only}\n"
        "profiles: {certificate: subset, core: no, smart_charging: yes}\n"
        "security: {profile_2: no, profile_3: no}\n"
    )
    with pytest.raises(PicsError) as caught:
        load_pics(text, "perf.yaml")

    assert [(finding.line, finding.key) for finding in caught.value.findings] == [
        (2, "profiles.core"),
        (2, "profiles.smart_charging"),
        (3, "security.profile_3"),
    ]


@pytest.mark.parametrize("key", ["sockets: single", "fixed_cable: yes"])
def test_what_only_a_station_has_is_refused_for_a_csms(key: str) -> None:
    with pytest.raises(PicsError, match="only for a charging station"):
        load_pics(f"dut: {{type: csms, {key}}}", "perf.yaml")


def test_cipher_suites_are_not_asked_of_a_csms() -> None:
    with pytest.raises(PicsError, match="supports all four"):
        load_pics("dut: {type: csms}\nsecurity: {cipher_suites_rsa: no}", "perf.yaml")


def test_the_sample_pics_are_consistent() -> None:
    for name in ("perf.yaml", "perf-csms.yaml"):
        assert read_pics(ROOT / "sample_logs" / name).dut.vendor == "Heliodyn"
