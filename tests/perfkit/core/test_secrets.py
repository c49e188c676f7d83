from __future__ import annotations

import pytest

from perfkit.core.secrets import MASK, is_secret_key, without_secrets


@pytest.mark.parametrize(
    "name",
    [
        "AuthorizationKey", "BasicAuthPassword", "basicAuthPassword", "apnPassword", "simPin", "Password", "wifi.psk",
        "WLAN_KEY", "ftpPwd", "FtpPass", "PrivateKey", "client_secret", "accessToken", "SIM-PIN", "vendorPassPhrase",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "AuthorizationCacheEnabled", "AuthorizeRemoteTxRequests", "idToken", "idTag", "SecurityProfile", "key", "value",
        "LocalPreAuthorize", "PassThrough", "Spinning", "MeterValueSampleInterval", "CertificateSignedMaxChainSize",
        "StopTransactionOnInvalidId", "transactionId", "",
    ],
)  # fmt: skip
def test_names_that_are_no_secrets(name: str) -> None:
    assert not is_secret_key(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[2,"1","ChangeConfiguration",{"value":"00ff","key":"AuthorizationKey"}]',
            f'[2,"1","ChangeConfiguration",{{"value":"{MASK}","key":"AuthorizationKey"}}]',
        ),
        (
            '[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"30"},{"key":"AuthorizationKey","readonly":false,"value":"00ff"}]}]',
            f'[3,"1",{{"configurationKey":[{{"key":"HeartbeatInterval","readonly":false,"value":"30"}},{{"key":"AuthorizationKey","readonly":false,"value":"{MASK}"}}]}}]',
        ),
        (
            '[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"pw","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]',
            f'[2,"1","SetVariables",{{"setVariableData":[{{"attributeValue":"{MASK}","component":{{"name":"SecurityCtrlr"}},"variable":{{"name":"BasicAuthPassword"}}}}]}}]',
        ),
        (
            '{"apn":{"apn":"net","simPin":1234,"apnPassword":"p"},"vpn":{"server":"s","key":"k","password":"p"}}',
            f'{{"apn":{{"apn":"net","simPin":{MASK},"apnPassword":"{MASK}"}},"vpn":{{"server":"s","key":"{MASK}","password":"{MASK}"}}}}',
        ),
        ('{"key":"AuthorizationKey","value":"cut', f'{{"key":"AuthorizationKey","value":"{MASK}'),
        ('{"password":{"old":"a","new":"b"}}', f'{{"password":{{"old":"{MASK}","new":"{MASK}"}}}}'),
        ('{"location":"ftp:\\/\\/lab:pw@host\\/x"}', f'{{"location":"ftp:\\/\\/lab:{MASK}@host\\/x"}}'),
        ("Authorization: Basic Q1A6cHc=", f"Authorization: Basic {MASK}"),
        ("set AuthorizationKey to 00ff now", f"set AuthorizationKey to {MASK} now"),
        ("-----BEGIN EC PRIVATE KEY-----\\nMHc\\n-----END EC PRIVATE KEY-----\\n", f"{MASK}\\n"),
        ("x -----BEGIN PRIVATE KEY-----\nMHc cut", f"x {MASK}"),
    ],
)  # fmt: skip
def test_the_secret_goes_and_everything_else_stays(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '[10:00:00.000] [msg-in]  [2,"1","Authorize",{"idTag":"TAG1"}]',
        "Basic information on the password policy",
        '{"key":"HeartbeatInterval","value":"30"}',
        '{"password":null}',
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
    ],
)
def test_a_text_without_a_secret_is_left_alone(text: str) -> None:
    assert without_secrets(text) == text


def test_masking_twice_changes_nothing() -> None:
    once = without_secrets('{"key":"AuthorizationKey","value":"00ff"} password=x ftp://u:p@h')
    assert without_secrets(once) == once
