"""Throw-away keys and certificates, made anew in every test run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "correct horse"  # noqa: S105 - of keys that live as long as a test
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Issued:
    """A key with its certificate and the certificate that issued it (its own, when self-signed)."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate

    def pkcs12(self, passphrase: str | None = PASSPHRASE) -> bytes:
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase is not None:
            protection = serialization.BestAvailableEncryption(passphrase.encode())
        chain = [] if self.issuer is self.certificate else [self.issuer]
        return pkcs12.serialize_key_and_certificates(b"report", self.key, self.certificate, chain, protection)

    def write_pkcs12(self, path: Path, passphrase: str | None = PASSPHRASE) -> Path:
        path.write_bytes(self.pkcs12(passphrase))
        return path

    def issuer_pem(self) -> bytes:
        return self.issuer.public_bytes(serialization.Encoding.PEM)


def self_signed(
    name: str = "Invented Test Laboratory", *, days: tuple[int, int] = (-30, 365), curve: bool = False
) -> Issued:
    """A certificate that vouches for itself, valid from and until so many days after NOW."""
    key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    certificate = _certificate(name, key, name, key, days, is_authority=False)
    return Issued(key, certificate, certificate)


def issued_by_authority(name: str = "Invented Test Laboratory", *, days: tuple[int, int] = (-30, 365)) -> Issued:
    """A certificate that an invented authority issued."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate(
        "Invented Authority", authority_key, "Invented Authority", authority_key, (-900, 900), is_authority=True
    )
    key = ec.generate_private_key(ec.SECP256R1())
    return Issued(
        key, _certificate(name, key, "Invented Authority", authority_key, days, is_authority=False), authority
    )


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    issuer_name: str,
    issuer_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    days: tuple[int, int],
    *,
    is_authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        not is_authority, not is_authority, False, False, False, is_authority, is_authority, False, False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer_name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
