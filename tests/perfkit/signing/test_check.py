from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
import typst
from cryptography.hazmat.primitives.serialization import Encoding

from perfkit.core.errors import InputError, UsageError
from perfkit.signing import library
from perfkit.signing.check import CheckedSignature, check_signatures, read_trusted
from perfkit.signing.key import read_signing_key
from perfkit.signing.sign import sign_pdf
from tests.perfkit.signing.certificates import NOW, PASSPHRASE, Issued, issued_by_authority, self_signed


@pytest.fixture(scope="module")
def pdf() -> bytes:
    made: bytes = typst.compile(b"A report", pdf_standards=["a-3b"], timestamp=NOW)
    return made


def signed(pdf: bytes, signer: Issued, folder: Path) -> bytes:
    key = read_signing_key(signer.write_pkcs12(folder / "key.p12"), PASSPHRASE)
    return sign_pdf(pdf, key, signed_at=NOW)


def only(signatures: list[CheckedSignature]) -> CheckedSignature:
    (signature,) = signatures
    return signature


def trust(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_without_a_signature_there_is_none(pdf: bytes) -> None:
    assert check_signatures(pdf, "r.pdf", None) == []


def test_an_intact_signature_of_nobody_known(pdf: bytes, tmp_path: Path) -> None:
    signature = only(check_signatures(signed(pdf, self_signed(), tmp_path), "r.pdf", None))
    assert signature.faults == ()
    assert type(signature.field) is str  # what JSON can hold
    assert (signature.signer, signature.is_self_signed) == ("Invented Test Laboratory", True)
    assert signature.signed_at == NOW
    assert signature.trusted is None


def test_an_authority_to_trust_vouches_for_the_signer(pdf: bytes, tmp_path: Path) -> None:
    issued = issued_by_authority()
    document = signed(pdf, issued, tmp_path)
    pem = trust(tmp_path / "authority.pem", issued.issuer_pem())
    der = trust(tmp_path / "authority.der", issued.issuer.public_bytes(Encoding.DER))
    for path in (pem, der):
        signature = only(check_signatures(document, "r.pdf", read_trusted([path])))
        assert (signature.faults, signature.trusted, signature.distrust) == ((), True, None)
        assert (signature.issuer, signature.is_self_signed) == ("Invented Authority", False)


def test_a_self_signed_certificate_is_trusted_when_it_is_named(pdf: bytes, tmp_path: Path) -> None:
    issued = self_signed(curve=True)
    own = trust(tmp_path / "own.pem", issued.issuer_pem())
    assert only(check_signatures(signed(pdf, issued, tmp_path), "r.pdf", read_trusted([own]))).trusted is True


def test_a_stranger_is_not_trusted_and_nothing_is_logged(
    pdf: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = trust(tmp_path / "other.pem", self_signed("Somebody Else", curve=True).issuer_pem())
    with caplog.at_level(logging.DEBUG):
        own = only(check_signatures(signed(pdf, self_signed(), tmp_path), "r.pdf", read_trusted([other])))
        issued = only(check_signatures(signed(pdf, issued_by_authority(), tmp_path), "r.pdf", read_trusted([other])))
    assert (own.trusted, issued.trusted) == (False, False)
    assert own.distrust is not None
    assert "vouches for itself" in own.distrust
    assert issued.distrust is not None
    assert "Invented Authority issued it" in issued.distrust
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_certificate_that_has_expired_since_is_judged_at_the_time_of_signing(pdf: bytes, tmp_path: Path) -> None:
    issued = issued_by_authority(days=(-5, 1))
    authority = read_trusted([trust(tmp_path / "authority.pem", issued.issuer_pem())])
    signature = only(check_signatures(signed(pdf, issued, tmp_path), "r.pdf", authority))
    assert signature.trusted is True
    assert signature.valid_until == NOW + timedelta(days=1)


def test_one_changed_byte_of_what_was_signed(pdf: bytes, tmp_path: Path) -> None:
    document = bytearray(signed(pdf, self_signed(), tmp_path))
    position = document.index(b"/CreationDate") + len("/CreationDate(D:20")
    document[position] ^= 1
    assert "altered after it was signed" in only(check_signatures(bytes(document), "r.pdf", None)).faults[0]


def test_something_added_after_the_signature(pdf: bytes, tmp_path: Path) -> None:
    document = signed(pdf, self_signed(), tmp_path)
    assert "added after it" in only(check_signatures(document + b"\n% more\n", "r.pdf", None)).faults[0]


def test_a_further_revision_after_the_signature(pdf: bytes, tmp_path: Path) -> None:
    import io

    from pyhanko.pdf_utils.generic import TextStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed(pdf, self_signed(), tmp_path)))
    writer.root["/Changed"] = TextStringObject("afterwards")
    writer.update_root()  # type: ignore[no-untyped-call]
    changed = io.BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    faults = only(check_signatures(changed.getvalue(), "r.pdf", None)).faults
    assert any("added after it" in fault or "did not allow" in fault for fault in faults)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing more", b"no PDF"])
def test_what_is_no_pdf(content: bytes) -> None:
    with pytest.raises(InputError, match=r"r\.pdf: its signatures cannot be read"):
        check_signatures(content, "r.pdf", None)


def test_a_cut_pdf(pdf: bytes, tmp_path: Path) -> None:
    document = signed(pdf, self_signed(), tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        check_signatures(document[: len(document) // 4], "r.pdf", None)


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UsageError, match="holds no certificate"):
        read_trusted([trust(tmp_path / "x.pem", content)])


def test_a_certificate_that_is_not_there_and_a_missing_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="the certificate cannot be read"):
        read_trusted([tmp_path / "none.pem"])
    monkeypatch.setattr(library, "is_installed", lambda: False)
    with pytest.raises(UsageError, match="pip install"):
        read_trusted([tmp_path / "none.pem"])
