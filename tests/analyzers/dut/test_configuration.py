"""Configuration keys as the logs tell them: values, histories, secrets, and what they contradict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from perfkit.core.configuration.table import STANDARD_KEYS
from perfkit.core.configuration_record import ConfigurationInfo, ConfigurationKey
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import Pics
from perfkit.core.secrets import MASK
from perfkit_analyzers.assess import analyze
from tests.campaign_logs import CampaignLogs, Exchanged, boot, status

# A good value of each key that Core requires, written by hand.
GOOD: dict[str, tuple[str | None, bool]] = {
    "AuthorizeRemoteTxRequests": ("true", False),
    "ClockAlignedDataInterval": ("900", False),
    "ConnectionTimeOut": ("60", False),
    "ConnectorPhaseRotation": ("0.Unknown,1.RST", False),
    "GetConfigurationMaxKeys": ("50", True),
    "HeartbeatInterval": ("300", False),
    "LocalAuthorizeOffline": ("true", False),
    "LocalPreAuthorize": ("False", False),
    "MeterValuesAlignedData": ("Energy.Active.Import.Register", False),
    "MeterValuesSampledData": ("Energy.Active.Import.Register,Current.Import.L1,Voltage.L1-N", False),
    "MeterValueSampleInterval": ("60", False),
    "NumberOfConnectors": ("2", True),
    "ResetRetries": ("1", False),
    "StopTransactionOnEVSideDisconnect": ("true", False),
    "StopTransactionOnInvalidId": ("true", False),
    "StopTxnAlignedData": ("", False),
    "StopTxnSampledData": ("Energy.Active.Import.Register", False),
    "SupportedFeatureProfiles": ("Core,RemoteTrigger", True),
    "TransactionMessageAttempts": ("3", False),
    "TransactionMessageRetryInterval": ("60", False),
    "UnlockConnectorOnEVSideDisconnect": ("true", False),
}
Values = Mapping[str, tuple[str | None, bool]]


def read(values: Values, *unknown: str, asked: list[str] | None = None) -> Exchanged:
    entries = [{"key": key, "readonly": access, "value": value} for key, (value, access) in values.items()]
    return (
        "out",
        "GetConfiguration",
        {"key": asked} if asked else {},
        {"configurationKey": entries, "unknownKey": list(unknown)},
    )


def change(key: str, value: str, answered: str = "Accepted") -> Exchanged:
    return "out", "ChangeConfiguration", {"key": key, "value": value}, {"status": answered}


def found(folder: Path, *runs: list[Exchanged], pics: Pics | None = None, version: str = "1.6") -> ConfigurationInfo:
    logs = CampaignLogs(folder)
    for number, exchanges in enumerate(runs):
        logs.run(f"TC_{19 + number:03}_CS", exchanges=[status(), *exchanges], version=version)
    return analyze([str(folder)], pics=pics).document.configuration


def key_of(info: ConfigurationInfo, name: str) -> ConfigurationKey:
    return next(key for key in (*info.keys, *info.vendor_keys) if key.key == name)


def messages(info: ConfigurationInfo) -> list[str]:
    return [finding.message for finding in info.findings]


def test_a_good_configuration_has_no_finding(tmp_path: Path) -> None:
    info = found(tmp_path, [read(GOOD)])

    assert messages(info) == []
    assert len(info.keys) == len(GOOD)
    assert info.complete_read is not None
    assert (info.reason, info.vendor_keys, info.unknown_keys) == (None, [], [])


def test_the_last_known_value_and_the_history_with_places(tmp_path: Path) -> None:
    first = [read({"HeartbeatInterval": ("300", False)}, asked=["HeartbeatInterval"])] * 2
    second = [
        change("HeartbeatInterval", "20", "Rejected"),
        change("HeartbeatInterval", "30"),
        read({"HeartbeatInterval": ("30", False)}, asked=["HeartbeatInterval"]),
    ]
    key = key_of(found(tmp_path, first, second), "HeartbeatInterval")

    assert (key.value, key.read_only, key.reads, key.changes, key.accepted_changes) == ("30", False, 3, 2, 1)
    assert (key.type, key.unit, key.access, key.required, key.source) == (
        "integer",
        "s",
        "RW",
        True,
        "OCPP 1.6, 9.1.10",
    )
    assert [(e.kind.value, e.value, e.status, e.place.test_case, e.place.line) for e in key.history] == [
        ("read", "300", None, "TC_019_CS", 14),
        ("change", "20", "Rejected", "TC_020_CS", 13),
        ("change", "30", "Accepted", "TC_020_CS", 15),
    ]
    assert (key.place.test_case, key.place.line) == ("TC_020_CS", 18)


def test_keys_of_no_standard_stand_apart(tmp_path: Path) -> None:
    info = found(tmp_path, [read({**GOOD, "NL-Light": ("7", False)}, "NL-Gone")])

    assert [(key.key, key.value, key.is_standard, key.type) for key in info.vendor_keys] == [
        ("NL-Light", "7", False, None)
    ]
    assert info.unknown_keys == ["NL-Gone"]


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("AuthorizeRemoteTxRequests", "yes", "is neither true nor false"),
        ("HeartbeatInterval", "5 min", "is not a whole number"),
        ("HeartbeatInterval", "-1", "is less than 0"),
        ("NumberOfConnectors", "0", "is less than 1"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,Watts", "lists Watts"),
        ("MeterValuesSampledData", "Current.Import.L4", "lists Current.Import.L4"),
        ("ConnectorPhaseRotation", "1.RRT", "lists 1.RRT"),
        ("SupportedFeatureProfiles", "Core,Security", "lists Security"),
    ],
)
def test_a_value_that_is_none(tmp_path: Path, key: str, value: str, fault: str) -> None:
    info = found(tmp_path, [read({**GOOD, key: (value, GOOD[key][1])})])

    assert [(f.key, f.severity.value, f.clause) for f in info.findings] == [
        (key, "fault", f"OCPP 1.6, {STANDARD_KEYS[key].clause}")
    ]
    assert f"{key} reads {value!r}, which {fault}" in messages(info)[0]
    assert info.findings[0].place is not None
    assert info.findings[0].place.line == 14


def test_a_list_longer_than_its_limit(tmp_path: Path) -> None:
    info = found(tmp_path, [read({**GOOD, "MeterValuesSampledDataMaxLength": ("2", True)})])

    assert messages(info) == [
        "MeterValuesSampledData reads 'Energy.Active.Import.Register,Current.Import.L1,Voltage.L1-N', which has 3 "
        "members, and MeterValuesSampledDataMaxLength is 2"
    ]


def test_access_that_is_not_the_standards(tmp_path: Path) -> None:
    info = found(tmp_path, [read({**GOOD, "NumberOfConnectors": ("2", False), "HeartbeatInterval": ("300", True)})])

    assert messages(info) == [
        "HeartbeatInterval is read-only, and the standard says that it can be set",
        "NumberOfConnectors is not read-only, and the standard says that it is",
    ]


def test_a_fixed_stop_on_disconnect_is_provided_for(tmp_path: Path) -> None:
    info = found(tmp_path, [read({**GOOD, "StopTransactionOnEVSideDisconnect": ("true", True)})])

    assert [(f.severity.value, f.clause) for f in info.findings] == [("note", "Appendix C, TC_005_1 and TC_005_3")]


def test_a_required_key_that_is_missing(tmp_path: Path) -> None:
    values: dict[str, tuple[str | None, bool]] = {k: v for k, v in GOOD.items() if k != "ResetRetries"}
    values["SupportedFeatureProfiles"] = ("Core,LocalAuthListManagement", True)
    info = found(tmp_path, [read({**values, "LocalAuthListEnabled": ("true", False)})])

    assert messages(info) == [
        "ResetRetries is required by the profile Core, and the station does not have it",
        "LocalAuthListMaxLength is required by the profile LocalAuthListManagement, and the station does not have it",
        "SendLocalListMaxLength is required by the profile LocalAuthListManagement, and the station does not have it",
    ]


def test_nothing_is_missing_until_all_keys_were_asked_for(tmp_path: Path) -> None:
    info = found(tmp_path, [read({"HeartbeatInterval": ("300", False)}, asked=["HeartbeatInterval"])])

    assert info.complete_read is None
    assert messages(info) == []


def test_a_required_key_that_the_station_does_not_know(tmp_path: Path) -> None:
    info = found(tmp_path, [read({}, "ConnectionTimeOut", asked=["ConnectionTimeOut"])])

    assert messages(info) == ["ConnectionTimeOut is required by the profile Core, and the station does not have it"]


def test_an_answer_with_all_keys_that_lacks_one_proves_nothing(tmp_path: Path) -> None:
    rest = {key: value for key, value in GOOD.items() if key not in {"ResetRetries", "HeartbeatInterval"}}
    info = found(tmp_path, [read(rest), read({"ResetRetries": ("1", False)}, asked=["ResetRetries"])])

    assert messages(info) == ["the answer with all keys lacks ResetRetries, which the station has"]


def test_a_promise_that_is_broken(tmp_path: Path) -> None:
    info = found(
        tmp_path,
        [
            change("HeartbeatInterval", "30"),
            read({"HeartbeatInterval": ("300", False)}, asked=["HeartbeatInterval"]),
        ],
    )

    assert messages(info) == ["HeartbeatInterval: the change to '30' was accepted, then '300' was read"]


def test_a_change_of_a_read_only_key_that_is_accepted(tmp_path: Path) -> None:
    info = found(tmp_path, [read(GOOD), change("NumberOfConnectors", "3")])

    assert messages(info) == ["NumberOfConnectors is read-only, and a change of it was answered with Accepted"]


def test_a_rejected_value_is_no_fault_of_the_station(tmp_path: Path) -> None:
    info = found(tmp_path, [read(GOOD), change("HeartbeatInterval", "-1", "Rejected")])

    assert messages(info) == []
    assert key_of(info, "HeartbeatInterval").value == "300"


def test_secrets_are_masked(tmp_path: Path) -> None:
    secret = "0011223344556677"  # noqa: S105 - invented for this test
    info = found(tmp_path, [change("AuthorizationKey", secret), read({"AuthorizationKey": (secret, False)})])
    key = key_of(info, "AuthorizationKey")

    assert (key.value, key.is_secret) == (MASK, True)
    assert {event.value for event in key.history} == {MASK}
    assert secret not in repr(info)
    assert "AuthorizationKey can be read, and the standard lets it only be set" in messages(info)


def test_a_password_that_can_only_be_set_need_not_be_among_all_keys(tmp_path: Path) -> None:
    """Setting it (TC_073) must not put in doubt what the answer with all keys tells of the others."""
    values = {key: value for key, value in GOOD.items() if key != "ResetRetries"}
    set_too = found(tmp_path / "set", [read(values)], [change("AuthorizationKey", "00112233445566778899aabbccddeeff")])
    not_set = found(tmp_path / "not", [read(values)])

    assert messages(set_too) == ["ResetRetries is required by the profile Core, and the station does not have it"]
    told = [{one.key: one.implemented for one in info.optional_functionalities} for info in (set_too, not_set)]
    assert [each["AuthorizationKey"] for each in told] == [True, None]
    assert [each["BlinkRepeat"] for each in told] == [False, False]


@pytest.mark.parametrize("value", [None, ""])
def test_a_password_may_be_read_without_its_value(tmp_path: Path, value: str | None) -> None:
    """What the station keeps to itself cannot be compared with what it accepted."""
    asked = read({"AuthorizationKey": (value, False)}, asked=["AuthorizationKey"])
    info = found(tmp_path, [read(GOOD)], [change("AuthorizationKey", "00112233445566778899aabbccddeeff"), asked])

    assert messages(info) == []


def test_a_key_that_the_station_does_not_support_is_no_key_of_the_vendor(tmp_path: Path) -> None:
    """TC_040_1 asks every station for one."""
    info = found(tmp_path, [read({**GOOD, "NL-Mode": ("1", False)}), change("NL-None", "1", "NotSupported")])

    assert [key.key for key in info.vendor_keys] == ["NL-Mode"]
    assert info.unknown_keys == ["NL-None"]


def test_a_long_history_is_cut_and_counted(tmp_path: Path) -> None:
    changes = [change("HeartbeatInterval", str(number)) for number in range(1, 121)]
    key = key_of(found(tmp_path, changes), "HeartbeatInterval")

    assert (key.value, key.changes, len(key.history), key.history_left_out) == ("120", 120, 100, 20)


def test_a_call_error_is_the_status_of_a_change(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    path = logs.run("TC_021_CS", exchanges=[status(), change("HeartbeatInterval", "30")])
    text = path.read_text().replace('[3, "m2", {"status": "Accepted"}]', '[4, "m2", "InternalError", "", {}]')
    path.write_text(text)
    key = key_of(analyze([str(tmp_path)]).document.configuration, "HeartbeatInterval")

    assert [(event.value, event.status) for event in key.history] == [("30", "InternalError")]
    assert (key.value, key.accepted_changes) == (None, 0)


# --- against the PICS -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pics", "values", "message"),
    [
        ("limits: {GetConfigurationMaxKeys: 40}", {}, "GetConfigurationMaxKeys is 50, and limits"),
        ("limits: {HeartbeatIntervalMinimum: 600}", {}, "HeartbeatInterval is 300 s, and the PICS states at least 600"),
        (
            "limits: {MeterValueSampleIntervalMaximum: 30}",
            {},
            "MeterValueSampleInterval is 60 s, and the PICS states at",
        ),
        (
            "limits: {ChargingScheduleAllowedChargingRateUnit: [Power]}",
            {"ChargingScheduleAllowedChargingRateUnit": ("Current", True)},
            "ChargingScheduleAllowedChargingRateUnit is Current, and limits",
        ),
        ("features: {C-02: yes}", {}, "the station does not have AllowOfflineTxForUnknownId, and features.C-02"),
        (
            "features: {C-04: no}",
            {"AuthorizationCacheEnabled": ("true", False)},
            "the station has AuthorizationCacheEn",
        ),
        (
            "features: {C-05: yes}",
            {"MinimumStatusDuration": ("5", False)},
            "MinimumStatusDuration was delivered with 5",
        ),
        ("features: {C-06: no}", {}, "StopTransactionOnEVSideDisconnect is not read-only, which is 'both'"),
        ("dut: {connectors: 1}", {}, "NumberOfConnectors is 2, and dut.connectors of the PICS states 1"),
        ("profiles: {remote_trigger: no}", {}, "SupportedFeatureProfiles lists RemoteTrigger, and profiles.remote_tr"),
        ("profiles: {reservation: yes}", {}, "SupportedFeatureProfiles does not list Reservation, and profiles.reserv"),
        (
            "features: {R-1: yes}",
            {"ReserveConnectorZeroSupported": ("false", True)},
            "ReserveConnectorZeroSupported is",
        ),
        (
            "features: {SC-1: both}",
            {"ChargingScheduleAllowedChargingRateUnit": ("Current", True)},
            "ChargingScheduleAllowedChargingRateUnit is Current, and features.SC-1 says both",
        ),
        (
            "security: {profile_1: no}",
            {"SecurityProfile": ("1", False)},
            "SecurityProfile is 1, and security.profile_1",
        ),
    ],
)
def test_what_contradicts_the_pics(tmp_path: Path, pics: str, values: Values, message: str) -> None:
    info = found(tmp_path, [read({**GOOD, **values})], pics=load_pics(pics, "pics.yaml"))

    assert len(info.findings) == 1
    assert messages(info)[0].startswith(message)


def test_what_agrees_with_the_pics(tmp_path: Path) -> None:
    pics = load_pics(
        "dut: {connectors: 2}\n"
        "features: {C-02: no, C-04: yes, C-05: yes, C-06: both}\n"
        "profiles: {core: yes, remote_trigger: yes, reservation: no}\n"
        "limits: {GetConfigurationMaxKeys: 50, HeartbeatIntervalMinimum: 300, HeartbeatIntervalMaximum: 300}\n",
        "pics.yaml",
    )
    values = {**GOOD, "AuthorizationCacheEnabled": ("true", False), "MinimumStatusDuration": ("0", False)}

    assert messages(found(tmp_path, [read(values)], pics=pics)) == []


# --- 7.1.4 ------------------------------------------------------------------------------------------------------------


def test_the_three_items_of_a_certificate_can_be_derived(tmp_path: Path) -> None:
    info = found(tmp_path, [read({**GOOD, "AuthorizationCacheEnabled": ("true", False)})])
    listed = {one.key: one for one in info.optional_functionalities}

    assert listed["AuthorizationCacheEnabled"].implemented is True
    assert listed["AllowOfflineTxForUnknownId"].implemented is False
    assert listed["NumberOfConnectors"].read_only_value == "2"
    assert listed["AuthorizationCacheEnabled"].read_only_value is None
    assert listed["AllowOfflineTxForUnknownId"].description == "Offline authorization of unknown ids."
    assert "HeartbeatInterval" not in listed  # required, and can be set
    assert all(one.description for one in listed.values())


def test_what_was_never_asked_is_not_known_to_be_absent(tmp_path: Path) -> None:
    info = found(tmp_path, [read({"HeartbeatInterval": ("300", False)}, asked=["HeartbeatInterval"])])

    assert {one.implemented for one in info.optional_functionalities} == {None}


# --- 2.x --------------------------------------------------------------------------------------------------------------

HEARTBEAT: dict[str, object] = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}


def report(value: str, mutability: str = "ReadWrite", **characteristics: object) -> Exchanged:
    entry = {
        **HEARTBEAT,
        "variableAttribute": [{"type": "Actual", "value": value, "mutability": mutability}],
        "variableCharacteristics": {"dataType": "integer", "supportsMonitoring": False, **characteristics},
    }
    payload = {"requestId": 1, "generatedAt": "2026-05-04T08:00:00Z", "seqNo": 0, "reportData": [entry]}
    return "in", "NotifyReport", payload, {}


def test_variables_of_2x(tmp_path: Path) -> None:
    get = (
        "out",
        "GetVariables",
        {"getVariableData": [HEARTBEAT]},
        {"getVariableResult": [{**HEARTBEAT, "attributeStatus": "Accepted", "attributeValue": "300"}]},
    )
    set_ = (
        "out",
        "SetVariables",
        {"setVariableData": [{**HEARTBEAT, "attributeValue": "60"}]},
        {"setVariableResult": [{**HEARTBEAT, "attributeStatus": "Accepted"}]},
    )
    info = found(tmp_path, [report("300", unit="s", minLimit=10), get, set_], version="2.0.1")
    (key,) = info.keys

    assert (key.key, key.value, key.type, key.unit, key.reads, key.accepted_changes) == (
        "OCPPCommCtrlr.HeartbeatInterval",
        "60",
        "integer",
        "s",
        2,
        1,
    )
    assert (key.read_only, info.vendor_keys, info.optional_functionalities, info.findings) == (False, [], [], [])


@pytest.mark.parametrize(
    ("exchange", "fault"),
    [
        (report("5", minLimit=10), "is less than 10"),
        (report("500", maxLimit=60), "is more than 60"),
        (report("often"), "is not of type integer"),
        (report("1.5"), "is not a whole number"),
        (report("sometimes", dataType="boolean"), "is neither true nor false"),
        (report("C", dataType="OptionList", valuesList="A,B"), "holds C, which is not among A,B"),
        (report("A,C", dataType="MemberList", valuesList="A,B"), "holds C, which is not among A,B"),
    ],
)
def test_a_variable_against_its_own_characteristics(tmp_path: Path, exchange: Exchanged, fault: str) -> None:
    info = found(tmp_path, [exchange], version="2.0.1")

    assert len(info.findings) == 1
    assert fault in messages(info)[0]


def test_places_of_variables_are_in_their_names(tmp_path: Path) -> None:
    variable: dict[str, object] = {
        "component": {"name": "Connector", "evse": {"id": 2, "connectorId": 1}},
        "variable": {"name": "Available", "instance": "x"},
    }
    answer = {
        "getVariableResult": [
            {**variable, "attributeStatus": "Accepted", "attributeValue": "true"},
            {**HEARTBEAT, "attributeType": "Target", "attributeStatus": "UnknownVariable"},
        ]
    }
    info = found(tmp_path, [("out", "GetVariables", {"getVariableData": []}, answer)], version="2.0.1")

    assert [key.key for key in info.keys] == ["Connector[2.1].Available[x]"]
    assert info.unknown_keys == ["OCPPCommCtrlr.HeartbeatInterval (Target)"]


def test_a_password_of_2x_is_masked(tmp_path: Path) -> None:
    variable: dict[str, object] = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
    set_ = (
        "out",
        "SetVariables",
        {"setVariableData": [{**variable, "attributeValue": "correct horse"}]},
        {"setVariableResult": [{**variable, "attributeStatus": "Accepted"}]},
    )
    info = found(tmp_path, [set_], version="2.0.1")

    assert info.keys[0].value == MASK
    assert "correct horse" not in repr(info)


# --- nothing to tell --------------------------------------------------------------------------------------------------


def test_a_payload_of_another_shape_is_left_to_the_anomalies(tmp_path: Path) -> None:
    odd: Exchanged = ("out", "GetConfiguration", {}, {"configurationKey": "none"})
    logs = CampaignLogs(tmp_path)
    logs.run("TC_019_CS", exchanges=[status(), odd])
    document = analyze([str(tmp_path)]).document

    assert document.configuration.keys == []
    assert [anomaly.kind for anomaly in document.runs[0].anomalies] == ["PAYLOAD"]


def test_logs_without_configuration_say_so(tmp_path: Path) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_001_CS", exchanges=[boot("1.0")])
    info = analyze([str(tmp_path)]).document.configuration

    assert info.reason == "neither GetConfiguration, GetVariables nor NotifyReport was answered in the logs"


def test_a_csms_has_no_configuration_keys() -> None:
    root = Path(__file__).parents[3]
    info = analyze([str(root / "sample_logs" / "csms")]).document.configuration

    assert info.reason == "configuration keys belong to a charging station (4.2)"
