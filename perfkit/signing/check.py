"""Checks the signatures of a PDF: are they intact, do they cover everything, and who says that they signed."""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.errors import InputError, UsageError
from perfkit.signing import library
from perfkit.signing.key import common_name, validity

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation import EmbeddedPdfSignature, PdfSignatureStatus

MAX_CERTIFICATE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class CheckedSignature:
    """One signature. `faults` are empty when it is intact and nothing was changed after it.

    `signed_at` is the signer's own statement. `trusted` says whether one of the certificates to trust vouches for the
    signer at that time, None when none was named; `distrust` is why not.
    """

    field: str
    signer: str
    issuer: str
    is_self_signed: bool
    signed_at: datetime | None
    valid_from: datetime
    valid_until: datetime
    certificate_sha256: str
    faults: tuple[str, ...]
    trusted: bool | None
    distrust: str | None


def read_trusted(paths: Sequence[Path]) -> list[Certificate]:
    """The certificates in these files, PEM or DER.

    Raises:
        UsageError: pyHanko is missing, or a file cannot be read or holds no certificate.
    """
    library.require()
    from asn1crypto import pem, x509

    certificates = []
    for path in paths:
        try:
            with path.open("rb") as stream:
                content = stream.read(MAX_CERTIFICATE_BYTES)
            ders = [der for kind, _, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
            loaded = [x509.Certificate.load(der, strict=True) for der in ders]
            for certificate in loaded:
                _ = certificate.subject.native  # parsed only when it is asked for
        except OSError as error:
            raise UsageError(f"{path}: the certificate cannot be read ({error.strerror or error})") from None
        except (ValueError, TypeError):
            raise UsageError(f"{path}: holds no certificate (X.509, PEM or DER)") from None
        certificates += loaded
    return certificates


def check_signatures(pdf: bytes, name: str, trusted: Sequence[Certificate] | None) -> list[CheckedSignature]:
    """Every signature of a PDF in its order; `trusted` None: nobody is to be trusted, so trust is not judged.

    Raises:
        UsageError: pyHanko is missing.
        InputError: the PDF cannot be read.
    """
    library.require()
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        return [_checked(signature, name, trusted) for signature in signatures]
    except (PdfError, ValueError, TypeError, KeyError, IndexError, RecursionError, AttributeError) as error:
        # pyHanko tells of a damaged structure in all of these ways
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name}: its signatures cannot be read ({' '.join(str(error).split())})") from error


def _checked(signature: EmbeddedPdfSignature, name: str, trusted: Sequence[Certificate] | None) -> CheckedSignature:
    certificate = signature.signer_cert
    if certificate is None:
        raise InputError(f"{name}: the signature {signature.field_name} holds no certificate of its signer")
    signed_at = signature.self_reported_timestamp
    faults: tuple[str, ...]
    try:
        status = _status(signature, trusted or [], signed_at)
        faults, distrust = tuple(_faults(status)), _distrust(status, certificate)
    except _validation_error() as error:
        faults, distrust = (f"it cannot be validated ({' '.join(str(error).split())})",), None
    valid_from, valid_until = validity(certificate)
    return CheckedSignature(
        field="".join(signature.field_name),  # a plain str, not pyHanko's own kind
        signer=common_name(certificate, "subject"),
        issuer=common_name(certificate, "issuer"),
        is_self_signed=certificate.self_signed in {"yes", "maybe"},
        signed_at=None if signed_at is None else signed_at.astimezone(UTC),
        valid_from=valid_from,
        valid_until=valid_until,
        certificate_sha256=hashlib.sha256(certificate.dump()).hexdigest(),
        faults=faults,
        trusted=None if trusted is None else distrust is None and not faults,
        distrust=distrust,
    )


def _status(
    signature: EmbeddedPdfSignature, trusted: Sequence[Certificate], signed_at: datetime | None
) -> PdfSignatureStatus:
    """What pyHanko says, without asking the network, at the time that the signer states."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=list(trusted), moment=signed_at, allow_fetching=False)
    with _without_log():
        return validate_pdf_signature(
            signature, signer_validation_context=context, key_usage_settings=KeyUsageConstraints(key_usage=set())
        )


@contextmanager
def _without_log() -> Iterator[None]:
    """pyHanko logs tracebacks of what is no fault of anybody: that a certificate is not trusted."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _validation_error() -> type[Exception]:
    from pyhanko.sign.validation.errors import SignatureValidationError

    return SignatureValidationError


def _faults(status: PdfSignatureStatus) -> list[str]:
    from pyhanko.sign.validation import SignatureCoverageLevel

    faults = []
    if not status.intact:
        faults.append("the document was altered after it was signed")
    elif not status.valid:
        faults.append("the signature does not fit the certificate")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        faults.append("it does not cover the whole file: something was added after it")
    if status.docmdp_ok is False:
        faults.append("a change was made that the signer did not allow")
    return faults


def _distrust(status: PdfSignatureStatus, certificate: Certificate) -> str | None:
    if status.trusted:
        return None
    if certificate.self_signed in {"yes", "maybe"}:
        return "the certificate vouches for itself and is not among those to trust"
    return f"no certificate to trust vouches for it ({common_name(certificate, 'issuer')} issued it), or it had expired"
