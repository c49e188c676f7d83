from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.redaction.pseudonym import Pseudonyms
from perfkit.redaction.rule import Kind

SECRET = b"a secret of the tests"
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=24)


def shape(text: str) -> str:
    return re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", re.sub(r"[0-9]", "0", text)))


@given(VALUES)
def test_length_and_classes_stay_and_the_value_does_not(value: str) -> None:
    pseudonym = Pseudonyms(SECRET).substitute(value)
    assert shape(pseudonym) == shape(value)
    assert pseudonym != value or not any(character.isalnum() for character in value)


@given(VALUES)
def test_the_same_value_gets_the_same_pseudonym_in_any_case(value: str) -> None:
    pseudonyms = Pseudonyms(SECRET)
    once = pseudonyms.substitute(value)
    assert pseudonyms.substitute(value) == once == Pseudonyms(SECRET).substitute(value)
    assert pseudonyms.substitute(value.upper()) == once.upper()
    assert pseudonyms.substitute(value.lower()) == once.lower()


def test_another_secret_gives_another_pseudonym() -> None:
    assert Pseudonyms(b"x" * 16).substitute("HD22-000817") != Pseudonyms(b"y" * 16).substitute("HD22-000817")


@given(st.lists(st.text("01", min_size=1, max_size=3), unique=True))
def test_different_values_stay_different_however_short_they_are(values: list[str]) -> None:
    pseudonyms = Pseudonyms(SECRET, values)
    changed = [pseudonyms.substitute(value) for value in values]
    assert len(set(changed)) == len(values)
    assert not set(changed) & set(values)


def test_all_ten_digits_as_values_grow_by_one() -> None:
    digits = list("0123456789")
    pseudonyms = Pseudonyms(SECRET, digits)
    changed = [pseudonyms.substitute(digit) for digit in digits]
    assert len(set(changed)) == 10
    assert {len(one) for one in changed} == {2}


@pytest.mark.parametrize("value", ["", "-", "...", "::"])
def test_what_holds_nothing_stays(value: str) -> None:
    assert Pseudonyms(SECRET).of(Kind.SERIAL, value) == value


def test_a_number_stays_one_and_hexadecimal_stays_hexadecimal() -> None:
    pseudonyms = Pseudonyms(SECRET)
    for number in ("10000000", "99999999", "1234"):
        assert str(int(pseudonyms.substitute(number))) == pseudonyms.substitute(number)
    assert re.fullmatch(r"[0-9a-f]{20}", pseudonyms.substitute("00ff00ff00ff00ff00ff"))
    assert re.fullmatch(r"[0-9A-F]{12}", pseudonyms.substitute("04A1B2C3D4E5"))


def test_pem_keeps_its_marks_and_lines() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB+/=\nabc\n-----END CERTIFICATE-----\n"
    changed = Pseudonyms(SECRET).substitute(pem)
    assert changed.splitlines()[0] == "-----BEGIN CERTIFICATE-----"
    assert changed.splitlines()[-1] == "-----END CERTIFICATE-----"
    assert [len(line) for line in changed.splitlines()] == [len(line) for line in pem.splitlines()]
    assert "MIIB" not in changed


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("ws://csms.acme.com:8080/ocpp/CP-0042", r"ws://[a-z]{4}\.[a-z]{4}\.example:8080/[a-z]{4}/[A-Z]{2}-\d{4}"),
        ("ftp://lab:pw1@files.acme.com/up/log.zip", r"ftp://[a-z]{3}:[a-z]{2}\d@[a-z]{5}\.[a-z]{4}\.example/[a-z]{2}/[a-z]{3}\.zip"),
        ("https://10.1.2.3/", r"https://198\.1[89]\.\d+\.\d+/"),
        ("https://[2001:db9::1]:8443/x", r"https://\[2001:db8:[0-9a-f:]+\]:8443/[a-z]"),
        ("mail@acme.com", r"[a-z]{4}@[a-z]{4}\.example"),
        ("csms.acme.com", r"[a-z]{4}\.[a-z]{4}\.example"),
        ("198.51.100.20:9310", r"198\.1[89]\.\d+\.\d+:9310"),
        ("AA:BB:CC:DD:EE:FF", r"02(:[0-9A-F]{2}){5}"),
        ("aa-bb-cc-dd-ee-ff", r"02(-[0-9a-f]{2}){5}"),
        ("csms", r"[a-z]{4}"),
    ],
)  # fmt: skip
def test_an_address_becomes_one_that_belongs_to_nobody(address: str, pattern: str) -> None:
    changed = Pseudonyms(SECRET).address(address)
    assert re.fullmatch(pattern, changed), changed
    assert changed != address


@given(st.ip_addresses())
def test_an_ip_address_lands_in_a_reserved_range(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    text = str(address)
    changed = Pseudonyms(SECRET).address(text)
    if text in {"127.0.0.1", "0.0.0.0", "::1", "::"}:  # noqa: S104 - compared
        assert changed == text
        return
    network = "198.18.0.0/15" if address.version == 4 else "2001:db8::/32"
    assert ipaddress.ip_address(changed) in ipaddress.ip_network(network)


def test_the_host_of_a_url_is_the_same_as_the_host_alone() -> None:
    pseudonyms = Pseudonyms(SECRET)
    host = pseudonyms.address("csms.acme.com")
    assert f"//{host}/" in pseudonyms.address("wss://csms.acme.com/CP1")
    assert pseudonyms.address("joe@csms.acme.com").endswith(f"@{host}")
    assert pseudonyms.address("wss://csms.acme.com/CP-0042").endswith(f"/{pseudonyms.substitute('CP-0042')}")
