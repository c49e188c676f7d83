"""The key that signs a report: a PKCS#12 file (.p12, .pfx) with a private key, its certificate and the chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.errors import UsageError
from perfkit.signing import library

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer

MAX_KEY_BYTES = 1 << 20
_DER_SEQUENCE = b"\x30"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its certificate; nothing of it shows in its representation but who it belongs to."""

    subject: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    signer: Signer = field(repr=False)

    def refuse_outside_validity(self, moment: datetime) -> None:
        """Stop before a signature is made that nobody would accept.

        Raises:
            UsageError: the certificate is not valid at that moment.
        """
        if not self.valid_from <= moment <= self.valid_until:
            raise UsageError(
                f"the certificate of {self.subject} is valid from {self.valid_from:%Y-%m-%d} to "
                f"{self.valid_until:%Y-%m-%d}, not on {moment:%Y-%m-%d}; sign with a certificate that is valid"
            )


def read_signing_key(path: Path, passphrase: str | None) -> SigningKey:
    """The key in a PKCS#12 file; `passphrase` None means that it has none.

    Raises:
        UsageError: pyHanko is missing, or the file cannot be read, is not PKCS#12, does not open with this passphrase,
            or holds no private key with a certificate.
    """
    library.require()
    from pyhanko.sign import SimpleSigner

    data = _content(path)
    try:
        signer = SimpleSigner.load_pkcs12_data(data, [], None if passphrase is None else passphrase.encode())
    except ValueError:
        given = "needs a passphrase" if passphrase is None else "does not open with this passphrase"
        raise UsageError(f"{path}: {given}, or is not a PKCS#12 file; nothing was signed") from None
    except (AttributeError, TypeError, NotImplementedError):
        raise UsageError(
            f"{path}: holds no private key with its certificate of a kind that can sign; export both into the file"
        ) from None
    certificate = signer.signing_cert
    if certificate is None:
        raise UsageError(f"{path}: holds no certificate for its private key; export both into the file")
    return SigningKey(
        common_name(certificate, "subject"), common_name(certificate, "issuer"), *validity(certificate), signer=signer
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: the key cannot be read ({error.strerror or error})") from None
    if b"-----BEGIN" in data[:4096]:
        raise UsageError(
            f"{path}: is PEM, and PKCS#12 is wanted; make one with "
            "`openssl pkcs12 -export -inkey KEY -in CERTIFICATE -certfile CHAIN -out FILE.p12`"
        )
    if not data.startswith(_DER_SEQUENCE) or len(data) > MAX_KEY_BYTES:
        raise UsageError(f"{path}: is not a PKCS#12 file (.p12, .pfx)")
    return data


def common_name(certificate: Certificate, whose: str) -> str:
    """The name on a certificate that a person knows: its common name, else all that it says, in one line."""
    name = getattr(certificate, whose)
    known = name.native
    first = known.get("common_name") or name.human_friendly
    return " ".join(str(first).split())


def validity(certificate: Certificate) -> tuple[datetime, datetime]:
    """From when until when a certificate is valid, UTC."""
    return certificate.not_valid_before.astimezone(UTC), certificate.not_valid_after.astimezone(UTC)
