"""Pseudonyms: the same value gets the same one, everywhere; another secret gives others; nothing leads back.

A character becomes another of its class (digit, capital, small letter; of a hexadecimal value a hexadecimal digit),
chosen by HMAC-SHA256 of the whole value, in whatever case it is written. So lengths, types and separators stay.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable

from perfkit.redaction.rule import Kind

_HEX = re.compile(r"(?=[^a-f]*[a-f])(?=\D*\d)[0-9a-f]{6,}")
_MARKER = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----")
_SMALL, _CAPITAL, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_BENCHMARK = int(ipaddress.IPv4Address("198.18.0.0"))  # RFC 2544: 2^17 addresses that are routed nowhere
_DOCUMENTATION = int(ipaddress.IPv6Address("2001:db8::"))  # RFC 3849
KEPT_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1", "::"})  # noqa: S104 - compared, never bound
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?:(?P<user>[^/@]*)@)?(?P<host>\[[^\]]*\]|[^/:?#]*)(?P<port>:\d*)?(?P<rest>.*)",
    re.I | re.S,
)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_TRIES = 200


class Pseudonyms:
    """Finds the pseudonym of a value; `originals` are the values that no pseudonym may be equal to."""

    def __init__(self, secret: bytes, originals: Iterable[str] = ()) -> None:
        self._secret = secret
        self._originals = frozenset(value.casefold() for value in originals)
        self._owner: dict[str, str] = {}
        self._salt: dict[str, int] = {}

    def of(self, kind: Kind, value: str) -> str:
        """The pseudonym; a value without letters and digits is its own."""
        return self.address(value) if kind is Kind.ADDRESS else self.substitute(value)

    def substitute(self, value: str) -> str:
        """The value with each letter and digit replaced by another of its class; PEM marks stay."""
        if not any(character.isalnum() for character in value):
            return value
        folded = value.casefold()
        salt = self._salt.get(folded, 0)
        candidate = self._candidate(value, folded, salt)
        if folded not in self._salt:
            while self._is_taken(candidate.casefold(), folded) and salt < 2 * _TRIES:
                salt += 1
                candidate = self._candidate(value, folded, salt)
            self._salt[folded] = salt
            self._owner[candidate.casefold()] = folded
        return candidate

    def _is_taken(self, candidate: str, value: str) -> bool:
        return candidate == value or candidate in self._originals or self._owner.get(candidate, value) != value

    def _candidate(self, value: str, folded: str, salt: int) -> str:
        """One choice. After _TRIES the value is of so few characters that all are taken: it grows by one."""
        stream = self._stream(f"{salt}:{folded}", len(value) + 1)
        is_hex = _HEX.fullmatch(folded) is not None
        kept = {index for marker in _MARKER.finditer(value) for index in range(*marker.span())}
        text = "".join(
            character if index in kept else _other(character, stream[index], is_hex=is_hex)
            for index, character in enumerate(value)
        )
        if value.isdigit() and value[0] != "0" and text[0] == "0":
            text = f"{1 + stream[0] % 9}{text[1:]}"
        return text if salt < _TRIES else f"{text}{_DIGITS[stream[-1] % 10]}"

    def address(self, value: str) -> str:
        """An address of the same kind that belongs to nobody (RFC 2544, 2606, 3849; locally administered MAC)."""
        if value.casefold() in KEPT_HOSTS:
            return value
        url = _URL.fullmatch(value)
        if url is not None:
            return self._url(url)
        if "@" in value:
            user, _, host = value.rpartition("@")
            return f"{self.substitute(user)}@{self.address(host)}"
        return self._ip(value) or self._mac(value) or self._host(value)

    def _url(self, url: re.Match[str]) -> str:
        user = "" if url["user"] is None else ":".join(self.substitute(part) for part in url["user"].split(":")) + "@"
        host = url["host"]
        bare = host.strip("[]")
        shown = self.address(bare) if bare else ""
        rest = url["rest"]
        extension = _EXTENSION.search(rest)
        end = extension.start() if extension and "?" not in rest else len(rest)
        path = "/".join(self.substitute(part) for part in rest[:end].split("/"))
        shown = f"[{shown}]" if host.startswith("[") else shown
        return f"{url['scheme']}{user}{shown}{url['port'] or ''}{path}{rest[end:]}"

    def _ip(self, value: str) -> str | None:
        text, colon, port = value.rpartition(":") if value.count(":") == 1 else (value, "", "")
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        number = int.from_bytes(self._stream(f"ip:{address}", 8))
        if isinstance(address, ipaddress.IPv4Address):
            return f"{ipaddress.IPv4Address(_BENCHMARK + number % (1 << 17))}{colon}{port}"
        return str(ipaddress.IPv6Address(_DOCUMENTATION + number))

    def _mac(self, value: str) -> str | None:
        if not re.fullmatch(r"[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}", value):
            return None
        octets = [0x02, *self._stream(f"mac:{value.casefold()}", 5)]
        text = value[2].join(f"{octet:02x}" for octet in octets)
        return text.upper() if value == value.upper() else text

    def _host(self, value: str) -> str:
        """A name below .example (RFC 2606), a port kept; what is no name is substituted."""
        host, colon, port = value.partition(":")
        if "." not in host or not re.fullmatch(r"[A-Za-z0-9.-]+", host):
            return self.substitute(value)
        labels = [self.substitute(label) if label else label for label in host.casefold().split(".")[:-1]]
        return f"{'.'.join([*labels, 'example'])}{colon}{port}"

    def _stream(self, message: str, size_bytes: int) -> bytes:
        blocks = -(-size_bytes // hashlib.sha256().digest_size)
        seed = hmac.new(self._secret, message.encode("utf-8", "surrogatepass"), "sha256").digest()
        return b"".join(hmac.new(seed, bytes([*number.to_bytes(4)]), "sha256").digest() for number in range(blocks))[
            :size_bytes
        ]


def _other(character: str, number: int, *, is_hex: bool) -> str:
    """Another character of the same class."""
    if character in _DIGITS:
        return _DIGITS[number % 10]
    if not character.isalpha():
        return character
    letters = _CAPITAL if character.isupper() else _SMALL
    return letters[number % (6 if is_hex else 26)]
