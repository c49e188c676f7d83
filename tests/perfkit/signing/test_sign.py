from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import cast

import pypdf
import pytest
import typst

from perfkit.core.errors import UsageError
from perfkit.signing import library
from perfkit.signing.key import read_signing_key
from perfkit.signing.sign import sign_pdf
from tests.perfkit.signing.certificates import NOW, PASSPHRASE, self_signed


@pytest.fixture(scope="module")
def pdf() -> bytes:
    made: bytes = typst.compile(b"A report", pdf_standards=["a-3b"], timestamp=NOW)
    return made


def identifiers(pdf: bytes) -> list[str]:
    return [str(part) for part in cast("list[str]", pypdf.PdfReader(io.BytesIO(pdf)).trailer["/ID"])]


def test_what_was_there_stays_and_the_signature_states_the_given_time(tmp_path: Path, pdf: bytes) -> None:
    key = read_signing_key(self_signed().write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    signed = sign_pdf(pdf, key, signed_at=NOW, reason="Issued", location="Zürich")
    assert signed.startswith(pdf)
    assert b"pdfaid" in signed
    field = pypdf.PdfReader(io.BytesIO(signed)).get_fields()["Laboratory"].value  # type: ignore[index]
    assert field["/SubFilter"] == "/ETSI.CAdES.detached"
    assert field["/M"] == "D:20260601120000Z"
    assert (field["/Reason"], field["/Location"]) == ("Issued", "Zürich")


def test_the_identifier_of_the_file_follows_from_the_content_and_the_time(tmp_path: Path, pdf: bytes) -> None:
    key = read_signing_key(self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    first = identifiers(sign_pdf(pdf, key, signed_at=NOW))
    assert first == identifiers(sign_pdf(pdf, key, signed_at=NOW))
    assert first != identifiers(sign_pdf(pdf, key, signed_at=NOW + timedelta(seconds=1)))
    assert first[0] == identifiers(pdf)[0]


def test_a_report_is_signed_once(tmp_path: Path, pdf: bytes) -> None:
    key = read_signing_key(self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    signed = sign_pdf(pdf, key, signed_at=NOW)
    with pytest.raises(UsageError, match="cannot be signed"):
        sign_pdf(signed, key, signed_at=NOW)


def test_a_broken_pdf_is_not_signed(tmp_path: Path) -> None:
    key = read_signing_key(self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    with pytest.raises(UsageError, match="cannot be signed"):
        sign_pdf(b"%PDF-1.7 nothing more", key, signed_at=NOW)


@pytest.mark.parametrize("days", [(-400, -10), (10, 400)])
def test_an_expired_or_coming_certificate_does_not_sign(tmp_path: Path, pdf: bytes, days: tuple[int, int]) -> None:
    key = read_signing_key(self_signed(days=days, curve=True).write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    with pytest.raises(UsageError, match=r"is valid from .* not on 2026-06-01"):
        sign_pdf(pdf, key, signed_at=NOW)


def test_the_key_says_whose_it_is_and_shows_nothing_else(tmp_path: Path) -> None:
    key = read_signing_key(self_signed("Ünïted Lab").write_pkcs12(tmp_path / "lab.p12"), PASSPHRASE)
    assert (key.subject, key.issuer) == ("Ünïted Lab", "Ünïted Lab")
    assert "signer" not in repr(key)


def test_a_key_without_a_passphrase_opens_without_one(tmp_path: Path) -> None:
    path = self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12", None)
    assert read_signing_key(path, None).subject == "Invented Test Laboratory"


@pytest.mark.parametrize(
    ("passphrase", "says"), [("battery staple", "does not open with this passphrase"), (None, "needs a passphrase")]
)
def test_a_wrong_passphrase_is_one_sentence_that_does_not_repeat_it(
    tmp_path: Path, passphrase: str | None, says: str
) -> None:
    path = self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12")
    with pytest.raises(UsageError, match=says) as caught:
        read_signing_key(path, passphrase)
    assert str(path) in str(caught.value)
    assert "battery" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not a PKCS#12 file"),
        (b"hello", "is not a PKCS#12 file"),
        (b"0" + b"x" * (1 << 20), "is not a PKCS#12 file"),
        (b"-----BEGIN PRIVATE KEY-----\nMHc=\n-----END PRIVATE KEY-----\n", "is PEM, and PKCS#12 is wanted"),
        (b"0\x03\x02\x01\x03", "or is not a PKCS#12 file"),
    ],
)
def test_another_file_is_not_a_key(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "lab.p12"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        read_signing_key(path, "x")


def test_certificates_without_a_key_do_not_sign(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    path = tmp_path / "lab.p12"
    certificate = self_signed(curve=True).certificate
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", None, None, [certificate], BestAvailableEncryption(b"x"))
    )
    with pytest.raises(UsageError, match="no private key"):
        read_signing_key(path, "x")


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the key cannot be read"):
        read_signing_key(tmp_path / "none.p12", None)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_installed", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'perfkit\[report,sign\]'"):
        read_signing_key(tmp_path / "none.p12", None)
