from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from cryptography.hazmat.primitives import serialization

from perfkit.core.errors import UsageError
from perfkit.signing.check import check_signatures, read_trusted
from perfkit.signing.sign import sign_pdf
from perfkit.signing.token import TokenUri, open_token_key, token_uri
from tests.perfkit.signing.certificates import NOW, Issued, issued_by_authority, self_signed

PIN, TOKEN = "4711", "Test Lab"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")
MODULE = next((module for module in MODULES if Path(module).exists()), None)
needs_softhsm = pytest.mark.skipif(
    MODULE is None or shutil.which("softhsm2-util") is None, reason="SoftHSM (Debian: softhsm2) is not installed"
)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("pkcs11:object=Reports?module-path=/lib/p.so", TokenUri("/lib/p.so", object="Reports")),
        (
            "pkcs11:token=Test%20Lab;serial=0a;id=%02%ff?module-path=C:\\p.dll",
            TokenUri("C:\\p.dll", token="Test Lab", serial=b"0a", id=b"\x02\xff"),  # noqa: S106 - a label
        ),
    ],
)
def test_the_parts_of_a_uri(text: str, uri: TokenUri) -> None:
    assert token_uri(text) == uri


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pkcs11:object=a", "add .module-path="),
        ("pkcs11:token=a?module-path=/p.so", "name the key with object= or id="),
        ("pkcs11:object=a;pin-value=4711?module-path=/p.so", "pin-value in the URI would stay in the shell's history"),
        ("pkcs11:object=a?module-path=/p.so&pin-source=f", "pin-source in the URI"),
        ("pkcs11:objekt=a?module-path=/p.so", "'objekt=a' is not one of token="),
        ("pkcs11:object=?module-path=/p.so", "'object=' is not one of .* with a value"),
    ],
)
def test_a_uri_that_names_no_key(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as refused:
        token_uri(text)
    assert "4711" not in str(refused.value)


def test_a_module_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("pkcs11")
    with pytest.raises(UsageError, match=r"no\.so: .*nothing was signed"):
        open_token_key(TokenUri(str(tmp_path / "no.so"), object="a"), PIN)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Issued]]:
    """A token of SoftHSM with two keys and their certificates, by label."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        made = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "12345678", "--pin", PIN]
        subprocess.run(made, check=True, capture_output=True, env=os.environ)
        keys = {"rsa": self_signed("Lab with RSA"), "curve": issued_by_authority("Lab with a curve")}
        for number, (label, issued) in enumerate(keys.items(), 1):
            _import(label, bytes([number]), issued)
        yield keys


def _import(label: str, number: bytes, issued: Issued) -> None:
    import pkcs11
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.rsa import decode_rsa_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    form = serialization.PrivateFormat.TraditionalOpenSSL
    key = issued.key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    decode = decode_rsa_private_key if label == "rsa" else decode_ec_private_key
    certificate = decode_x509_certificate(issued.certificate.public_bytes(serialization.Encoding.DER))
    named = {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.ID: number, pkcs11.Attribute.TOKEN: True}
    with pkcs11.lib(str(MODULE)).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        session.create_object({**decode(key), **named})
        session.create_object({**certificate, **named})


@needs_softhsm
@pytest.mark.parametrize(("label", "named"), [("rsa", {"object": "rsa"}), ("curve", {"id": b"\x02"})])
def test_a_key_on_a_token_signs(token: dict[str, Issued], tmp_path: Path, label: str, named: dict[str, str]) -> None:
    key = open_token_key(TokenUri(str(MODULE), token=TOKEN, **named), PIN)  # type: ignore[arg-type]
    pdf = typst.compile(b"A report", pdf_standards=["a-3b"], timestamp=NOW)
    signed = sign_pdf(pdf, key, signed_at=NOW)
    key.signer.pkcs11_session.close()  # type: ignore[attr-defined] # else it lasts as long as the process

    (tmp_path / "issuer.pem").write_bytes(token[label].issuer_pem())
    (found,) = check_signatures(signed, "report.pdf", read_trusted([tmp_path / "issuer.pem"]))
    assert found.signer == key.subject == {"rsa": "Lab with RSA", "curve": "Lab with a curve"}[label]
    assert (found.faults, found.trusted) == ((), True)


@needs_softhsm
@pytest.mark.parametrize(
    ("uri", "pin", "sentence"),
    [
        ({"token": TOKEN, "object": "rsa"}, "0000", "PinIncorrect; nothing was signed"),
        ({"token": TOKEN, "object": "other"}, PIN, "certificate with label 'other'"),
        ({"token": "Elsewhere", "object": "rsa"}, PIN, "No token matching"),
    ],
)
def test_a_token_that_does_not_fit(token: dict[str, Issued], uri: dict[str, str], pin: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        open_token_key(TokenUri(str(MODULE), **uri), pin)  # type: ignore[arg-type]
