from __future__ import annotations

import json

import pytest

from perfkit.redaction.find import Rules, find
from perfkit.redaction.rule import FieldRule, Kind
from perfkit.redaction.table import FIELDS, PERFKIT_FIELDS, PRODUCT_FIELDS
from perfkit.redaction.text import Learned, Redactor

SECRET = b"a secret of the tests"
LOG = Rules.of(products=False, of_perfkit=False)
WITH_PRODUCTS = Rules.of(products=True, of_perfkit=False)
RECORD = Rules.of(products=False, of_perfkit=True)


def redacted(text: str, rules: Rules = LOG) -> str:
    learned = Learned()
    learned.learn(text, rules)
    changed = Redactor(learned, SECRET).redact(text, rules)
    assert changed.count("\n") == text.count("\n")
    return changed


def frame(payload: object, action: str = "Some") -> str:
    return f'[10:00:00.000] [msg-in]  [2,"66dbb6fc","{action}",{json.dumps(payload)}]'


@pytest.mark.parametrize("rule", [*FIELDS, *PRODUCT_FIELDS, *PERFKIT_FIELDS], ids=lambda rule: rule.name)
def test_every_field_of_the_table(rule: FieldRule) -> None:
    rules = WITH_PRODUCTS if rule in PRODUCT_FIELDS else RECORD if rule in PERFKIT_FIELDS else LOG
    changed = redacted(frame({"status": "Accepted", rule.name.upper(): "Value-0451x", "connectorId": 1}), rules)
    assert "Value-0451x" not in changed
    assert '"status": "Accepted"' in changed
    assert '"connectorId": 1' in changed
    assert rule.clause


def test_fields_of_products_and_of_perfkit_are_left_alone_where_they_do_not_count() -> None:
    boot = frame(
        {"chargePointVendor": "Heliodyn", "chargePointModel": "HD-22", "firmwareVersion": "3.4.1.2", "cell": "26418731"}
    )
    assert redacted(boot) == boot
    assert "Heliodyn" not in redacted(boot, WITH_PRODUCTS)


@pytest.mark.parametrize(
    ("payload", "gone", "kept"),
    [
        ({"key": "AuthorizationKey", "value": "00112233"}, ["00112233"], ["AuthorizationKey"]),
        ({"configurationKey": [{"key": "CentralSystemURL", "readonly": False, "value": "wss://csms.acme.com/x"}]}, ["acme"], ["wss://", "CentralSystemURL"]),
        ({"configurationKey": [{"key": "ChargePointId", "value": "CP-0042"}, {"key": "HeartbeatInterval", "value": "300"}]}, ["CP-0042"], ['"300"']),
        ({"setVariableData": [{"attributeValue": "hunter2", "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}]}, ["hunter2"], ["SecurityCtrlr"]),
        ({"reportData": [{"component": {"name": "SecurityCtrlr"}, "variable": {"name": "Identity"}, "variableAttribute": [{"type": "Actual", "value": "CP-0042", "mutability": "ReadWrite"}]}]}, ["CP-0042"], ["Actual", "ReadWrite"]),
        ({"idToken": {"idToken": "04A1B2C3D4", "type": "ISO14443", "additionalInfo": [{"additionalIdToken": "DE*ABC*1", "type": "x"}]}}, ["04A1B2C3D4", "DE*ABC*1"], ["ISO14443"]),
        ({"chargingStation": {"serialNumber": "SN-1234", "model": "M-1", "vendorName": "V", "modem": {"iccid": "8944000000000000001", "imsi": "262011234567890"}}}, ["SN-1234", "8944", "26201"], ["M-1", '"V"']),
        ({"certificateHashData": {"hashAlgorithm": "SHA256", "issuerNameHash": "aa11bb22cc", "issuerKeyHash": "dd33ee44ff", "serialNumber": "0a1b2c"}}, ["aa11bb22cc", "dd33ee44ff", "0a1b2c"], ["SHA256"]),
        ({"localAuthorizationList": [{"idTag": "T-1", "idTagInfo": {"status": "Accepted", "parentIdTag": "T-2"}}]}, ["T-1", "T-2"], ["Accepted"]),
        ({"connectionData": {"apn": {"apn": "iot.acme", "apnPassword": "pw", "simPin": 1234}, "vpn": {"server": "v.acme.com", "user": "joe", "key": "kk", "type": "IPSec"}}}, ["acme", '"pw"', "1234", "joe", '"kk"'], ["IPSec"]),
        ({"sampledValue": [{"value": "12.5", "location": "Outlet"}, {"value": "AB12CD34EF==", "format": "SignedData"}]}, ["AB12CD34EF"], ["12.5", "Outlet"]),
        ({"data": "any text of a vendor", "vendorId": "com.acme"}, ["any text"], ["com.acme"]),
        ({"csr": "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n"}, ["MIIB"], ["-----BEGIN CERTIFICATE REQUEST-----\\n"]),
        ({"idTag": 4711, "transactionId": 4711}, ['"idTag": 4711'], []),
    ],
)  # fmt: skip
def test_payloads_of_all_versions(payload: object, gone: list[str], kept: list[str]) -> None:
    changed = redacted(frame(payload))
    for text in gone:
        assert text not in changed
    for text in kept:
        assert text in changed
    body = changed[changed.index("[2,") :]
    assert same_types(json.loads(body)[3], payload)


def same_types(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_types(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_types, one, other))
    return type(one) is type(other)


@pytest.mark.parametrize(
    ("line", "gone"),
    [
        ("[10:00:00.000] [prompt]  Please authorize the transaction, with idTag: 'TAG1' on connectorId '1'.", "TAG1"),
        ("[10:00:00.000] [prompt]  Please authorize the transaction, with id: 04AB, type is ISO14443", "04AB"),
        ("[10:00:00.000] [info]  AuthorizationKey: 0011aabb", "0011aabb"),
        ("[10:00:00.000] [info]  connecting to wss://csms.acme.com/CP1.", "acme"),
        ("[10:00:00.000] [info]  peer 10.20.30.40:5000", "10.20.30.40"),
        ("[10:00:00.000] [info]  peer fe80::1ff:fe23:4567:890a", "fe80"),
        ("[10:00:00.000] [info]  peer 00:1a:2b:3c:4d:5e", "00:1a"),
        ("[10:00:00.000] [info]  ask joe.miller@acme.com", "miller"),
        ("[10:00:00.000] [info]  Using keystore: /opt/joe/acme.jks", "joe"),
        ("Configuration : acme_base(5b0c7d4e9a1f) ", "acme_base"),
        ("Authorization: Basic Q1AwMTpwdw==", "Q1AwMT"),
    ],
)  # fmt: skip
def test_prose(line: str, gone: str) -> None:
    changed = redacted(line)
    assert gone not in changed
    assert len(changed.split()) == len(line.split())


@pytest.mark.parametrize(
    "line",
    [
        "[12:24:30:763] [info]  Waiting for request message of type Authorize",
        "2026-06-08T06:40:02.194Z 12:24:30.763 2024-06-27T11_21_03.889802",
        '[12:24:30.763] [msg-in]  [2,"66dbb6fc-7a17-4ecf-b309-a926e591e211","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-06-08T06:40:10.513Z","sampledValue":[{"value":"12844","unit":"Wh"}]}]}]',
        "19-May-2023 17:51:51   INFO  - [TC_CS_V16_000_BOOT] [Response]",
        "Build Number : Release_2024-04_v2",
        "[12:24:30:763] [verdict]  PASS",
        '[12:24:30.763] [msg-out]  [2,"1","ChangeConfiguration",{"key":"AuthorizeRemoteTxRequests","value":"true"}]',
    ],
)
def test_times_and_what_is_measured_stay(line: str) -> None:
    assert redacted(line) == line


def test_a_value_is_replaced_wherever_it_stands_in_whatever_case() -> None:
    text = frame({"idTag": "HELIO-0451"}) + "\nuser presents helio-0451 (Helio-0451), in yHELIO-0451z\n"
    first, second = redacted(text).splitlines()
    pseudonym = json.loads(first[first.index("[2,") :])[3]["idTag"]
    assert pseudonym.lower() in second
    assert f"y{pseudonym}z" in second
    assert "elio-0451" not in second.lower()


def test_a_short_value_in_the_middle_of_a_word_is_another_word() -> None:
    text = frame({"idTag": "TAG1"}) + "\nTAG12 is not TAG1\n"
    assert "TAG12 is not " in redacted(text)
    assert not redacted(text).endswith("TAG1\n")


def test_a_certificate_in_any_field_stays_valid_json() -> None:
    payload = {"info": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"}
    changed = redacted(frame(payload))
    assert "MIIB" not in changed
    assert json.loads(changed[changed.index("[2,") :])[3]["info"].splitlines()[0] == "-----BEGIN CERTIFICATE-----"


@pytest.mark.parametrize("word", ["Accepted", "Reset", "1", "12", "1234", "TAG"])
def test_an_identity_that_is_an_ordinary_word_or_number_is_replaced_in_its_field_only(word: str) -> None:
    text = frame({"idTag": word}) + "\n" + frame({"status": word, "value": word}, word)
    first, second = redacted(text).splitlines()
    assert f'"{word}"' not in first
    assert second.count(f'"{word}"') == 3


def test_a_cut_frame_is_redacted_too() -> None:
    assert "HELIO" not in redacted('[10:00:00.000] [msg-in]  [2,"1","Authorize",{"idTag":"HELIO-04')


def test_what_is_escaped_stays_escaped() -> None:
    text = '[2,"1","GetDiagnostics",{"location":"ftp:\\/\\/files.acme.com\\/x\\/y"}]'
    changed = redacted(text)
    assert "acme" not in changed
    assert changed.count("\\/") == text.count("\\/")
    tagged = redacted('[2,"1","Authorize",{"idTag":"Z\\u00fcrich-7\\"x"}]')
    assert json.loads(tagged)[3]["idTag"] != 'Zürich-7"x'


def test_redacting_does_not_find_its_own_pseudonyms_different() -> None:
    text = frame({"idTag": "HELIO-0451", "location": "https://acme.com/x"})
    assert (
        [one.kind for one in find(redacted(text), LOG)]
        == [one.kind for one in find(text, LOG)]
        == [Kind.ID_TOKEN, Kind.ADDRESS]
    )


@pytest.mark.parametrize(
    "configuration", ["Description", "certification", "connector", "Waiting", "Disconnected", "2026-06-08", "TC_010"]
)
def test_a_configuration_called_like_a_word_of_the_log_changes_no_other_line(configuration: str) -> None:
    log = f"""Test Case Description : x
Configuration : {configuration}
Certification Profile : [Core]
[10:00:00.000] [info]  Waiting for request message of type Authorize
[10:00:00.000] [info]  Disconnected from System Under Test
[10:00:00.000] [started_testcase]  Core_CS - TC_010-x 2026-06-08
[10:00:00.000] [msg-in]  [2,"1","Authorize",{{"connectorId":1,"idTag":"TAG0001"}}]
"""
    changed, original = redacted(log).splitlines(), log.splitlines()
    assert [index for index, line in enumerate(changed) if line != original[index]] == [1, 6]
    assert '"connectorId":1' in changed[6]
