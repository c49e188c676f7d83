"""The key that signs a report, on a token that never gives it away: smart card, USB token, HSM (PKCS#11).

A URI names it (RFC 7512): `pkcs11:token=Lab;object=Reports?module-path=/usr/lib/opensc-pkcs11.so`. The module is the
library that the token's maker supplies.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from perfkit.core.errors import UsageError
from perfkit.signing import library
from perfkit.signing.key import SigningKey, common_name, validity

SCHEME = "pkcs11:"
_ATTRIBUTES = ("token", "serial", "object", "id", "module-path")
_PIN_ATTRIBUTES = ("pin-value", "pin-source")


@dataclass(frozen=True, slots=True)
class TokenUri:
    """Which key on which token, None where the URI leaves it open; `module` is the path of the token's library."""

    module: str
    token: str | None = None
    serial: bytes | None = None
    object: str | None = None
    id: bytes | None = None


def token_uri(text: str) -> TokenUri:
    """The parts of a URI of RFC 7512.

    Raises:
        UsageError: it says something else, names no module or no key, or holds a PIN, which belongs elsewhere.
    """
    path, _, query = text.removeprefix(SCHEME).partition("?")
    given = dict(_attribute(part, text) for part in (*path.split(";"), *query.split("&")) if part)
    words = {name: value.decode("utf-8", "replace") for name, value in given.items()}
    if "module-path" not in given:
        raise UsageError(f"{text}: add ?module-path= with the path of the token's PKCS#11 library")
    if "object" not in given and "id" not in given:
        raise UsageError(f"{text}: name the key with object= or id=; `pkcs11-tool --list-objects` shows both")
    return TokenUri(
        module=words["module-path"],
        token=words.get("token"),
        serial=given.get("serial"),
        object=words.get("object"),
        id=given.get("id"),
    )


def _attribute(part: str, text: str) -> tuple[str, bytes]:
    name, _, value = part.partition("=")
    if name in _PIN_ATTRIBUTES:
        raise UsageError(f"{name} in the URI would stay in the shell's history; give the PIN as a passphrase is given")
    if name not in _ATTRIBUTES or not value:
        known = ", ".join(f"{one}=" for one in _ATTRIBUTES)
        raise UsageError(f"{text}: {part!r} is not one of {known} with a value")
    return name, unquote_to_bytes(value)


def open_token_key(uri: TokenUri, pin: str | None) -> SigningKey:
    """The key on the token; without a PIN the token is not logged in to, which some ask for on a keypad of their own.

    The session with the token stays open as long as the program runs, for the key cannot leave it.

    Raises:
        UsageError: the extra `token` is missing, the module is no PKCS#11 library, or the token is not there, refuses
            the PIN or holds no such key with its certificate.
    """
    library.require_token()
    from pkcs11 import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    class TokenSigner(PKCS11Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            try:
                signature: bytes = await super().async_sign_raw(data, digest_algorithm, dry_run)
            except PKCS11Error as error:
                raise SigningError(f"the token refused: {_words(error)}") from error
            return signature

    wanted = TokenCriteria(uri.token, uri.serial) if uri.token or uri.serial else None
    try:
        with ExitStack() as stack:
            session = open_pkcs11_session(uri.module, token_criteria=wanted, user_pin=pin)
            stack.callback(session.close)
            signer = TokenSigner(session, uri.object, cert_id=uri.id, key_id=uri.id, other_certs_to_pull=None)
            certificate = signer.signing_cert
            stack.pop_all()
    except (SigningError, PKCS11Error, RuntimeError) as error:
        advice = "check token=, object= and id= of the URI, and the PIN"
        raise UsageError(f"{uri.module}: {_words(error)}; nothing was signed; {advice}") from None
    # Every token that has keys on curves signs a digest with them; not every one makes the digest, too.
    signer.use_raw_mechanism = certificate.public_key.algorithm == "ec"
    return SigningKey(
        common_name(certificate, "subject"), common_name(certificate, "issuer"), *validity(certificate), signer=signer
    )


def _words(error: Exception) -> str:
    """What went wrong; most errors of PKCS#11 have a name and no words."""
    return " ".join(f"{type(error).__name__} {error}".split())
