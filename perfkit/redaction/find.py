"""Finds identities and secrets in a text, each with its place: by JSON fields, configuration keys, and their form."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from perfkit.core.json_text import Container, Node, Scalar, json_in
from perfkit.core.secrets import is_secret_key, secret_scalars
from perfkit.redaction.rule import Kind
from perfkit.redaction.table import FIELDS, KEY_WORDS, PERFKIT_FIELDS, PRODUCT_FIELDS


class Found(NamedTuple):
    """A value at `text[start:end]`, without quotes. `value` is decoded; `is_json`: it stands in a JSON string."""

    start: int
    end: int
    kind: Kind
    value: str
    is_json: bool


class Rules(NamedTuple):
    """Which fields count, and which are kept as they are, whatever their value looks like.

    `of_perfkit`: the text is a record of perfkit's own, whose names of members nothing may change.
    """

    fields: dict[str, Kind]
    kept: frozenset[str]
    of_perfkit: bool

    @classmethod
    def of(cls, *, products: bool, of_perfkit: bool) -> Rules:
        """With the names of products, and with the fields of perfkit's own records."""
        rules = (*FIELDS, *(PRODUCT_FIELDS if products else ()), *(PERFKIT_FIELDS if of_perfkit else ()))
        kept = frozenset() if products else frozenset({"firmware", *(rule.name for rule in PRODUCT_FIELDS)})
        return cls({rule.name: rule.kind for rule in rules}, kept, of_perfkit)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PLAIN_VALUE = re.compile(r"true|false|null|-?\d{1,3}(?:\.\d+)?", re.IGNORECASE)
_VALUE_NAMES = frozenset({"value", "attributevalue", "variableattribute"})
_SIGNED = "signeddata"

_PEM = re.compile(r"-----BEGIN (?P<what>[A-Z0-9 ]+)-----.*?(?:-----END (?P=what)-----|\Z)", re.DOTALL)
# Bounded and begun at a border: a megabyte of base64 must not be looked through from every letter of it.
_URL = re.compile(r"(?<![a-zA-Z0-9+.-])[a-zA-Z][a-zA-Z0-9+.-]{0,30}:(?:\\?/){2}[^\s\"'<>,;|)\]}]+")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?P<s>[:-])(?:[0-9A-Fa-f]{2}(?P=s)){4}[0-9A-Fa-f]{2}(?![\w:-])")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?![\w:.])")
_CREDENTIALS = re.compile(r"\b(?:Basic|Bearer)\s+(?P<value>(?=[A-Za-z]*[0-9+/._~=-])[A-Za-z0-9+/._~-]{6,}=*)", re.I)
_ASSIGNED = re.compile(
    r"(?P<name>(?<![A-Za-z0-9._-])[A-Za-z][A-Za-z0-9._-]{2,120})(?:['\"]?\s*(?:=|:)\s*|\s+to\s+)(?P<quote>['\"]?)(?P<value>[^\s'\",;\]}{\[]+)"
)
# Prose of OCTT that names who authorises: `with idTag: 'X'`, `with id: X, type is`.
_PROSE_TOKEN = re.compile(r"\b(?:with id|id\s?tag|id\s?token)\s*:\s*(?P<quote>'?)(?P<value>[^\s',;]+)", re.IGNORECASE)
_HEADER = re.compile(r"^(?:OCTT Instance|Configuration)[ \t]*:[ \t]*(?P<value>\S[^\r\n]*?)[ \t]*\r?$", re.MULTILINE)
_HEADER_PART = re.compile(r"[^()\s]+")
_KEYSTORE = re.compile(r"\bkeystore\s*:\s*(?P<value>[^\s,;]+)", re.IGNORECASE)


def find(text: str, rules: Rules) -> list[Found]:
    """What has to be replaced in the text, in the order of its places; of two that overlap, the one found first."""
    chosen: list[Found] = []
    taken = _Taken()
    for candidate in _candidates(text, rules):
        is_new = candidate.start < candidate.end and taken.take(candidate.start, candidate.end)
        if is_new and candidate.value:
            chosen.append(candidate)
    return sorted(chosen)


class _Taken:
    """Which places are spoken for; a bit per character is enough for logs of any length."""

    def __init__(self) -> None:
        self._marks: dict[int, int] = {}

    def take(self, start: int, end: int) -> bool:
        """Whether nothing of it was taken; then it is."""
        size = 4096
        blocks = range(start // size, (end - 1) // size + 1)
        masks = {}
        for block in blocks:
            low, high = max(start - block * size, 0), min(end - block * size, size)
            masks[block] = ((1 << (high - low)) - 1) << low
        if any(self._marks.get(block, 0) & mask for block, mask in masks.items()):
            return False
        for block, mask in masks.items():
            self._marks[block] = self._marks.get(block, 0) | mask
        return True


def _candidates(text: str, rules: Rules) -> Iterator[Found]:
    for root in json_in(text):
        yield from _fields(text, root, rules)
    yield from _by_form(text)
    yield from _prose(text)


def _fields(text: str, root: Container, rules: Rules) -> Iterator[Found]:
    for scalar in secret_scalars(root):
        yield from _found(text, scalar, Kind.SECRET)
    waiting: list[tuple[Node, Kind | None]] = [(root, None)]
    while waiting:
        node, kind = waiting.pop()
        if isinstance(node, Scalar):
            if kind is not None:
                yield from _found(text, node, kind)
            continue
        beside = _kind_of_key(node)
        signed = node.member("format")
        is_signed = isinstance(signed, Scalar) and signed.value.lower() == _SIGNED
        for name, item in node.items:
            if isinstance(item, Scalar) and (name or "").lower() in rules.kept:
                yield Found(item.start, item.end, Kind.PRODUCT, "", False)  # takes its place: 1.2.3.4 is no address
            waiting.append((item, _kind_of(name, item, kind, beside, is_signed=is_signed, rules=rules)))


def _kind_of(  # noqa: PLR0913 - what decides on a member: its name, itself, and what it stands in
    name: str | None, item: Node, above: Kind | None, beside: Kind | None, *, is_signed: bool, rules: Rules
) -> Kind | None:
    lowered = (name or "").lower()
    if above is not None and (above is Kind.FREE_TEXT or name is None):
        return above
    if lowered in _VALUE_NAMES:
        return Kind.CERTIFICATE if is_signed else beside or above
    kind = rules.fields.get(lowered)
    if kind is not None and isinstance(item, Container) and item.is_object and kind is not Kind.FREE_TEXT:
        return None  # an object of that name has fields of its own, e.g. idToken: {idToken, type}
    return kind


def _kind_of_key(container: Container) -> Kind | None:
    """What the values of an object are that names a configuration key or a variable; None: nothing to hide."""
    variable = container.member("variable")
    named = [container.member("key"), container.member("name")]
    if isinstance(variable, Container):
        named.append(variable.member("name"))
    names = [node.value for node in named if isinstance(node, Scalar) and node.is_text]
    return next((kind for name in names if (kind := kind_of_key_name(name)) is not None), None)


@lru_cache(maxsize=10_000)
def kind_of_key_name(name: str) -> Kind | None:
    """What the value of a configuration key is, by the words of its name.

    Examples:
        >>> kind_of_key_name("CentralSystemURL"), kind_of_key_name("CpoName"), kind_of_key_name("HeartbeatInterval")
        (<Kind.ADDRESS: 'address'>, <Kind.PERSON: 'name of a person, customer or laboratory'>, None)
    """
    if is_secret_key(name):
        return Kind.SECRET
    words = [word.lower() for word in _WORD.findall(name)]
    joined = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, start + 4)}
    return next((rule.kind for rule in KEY_WORDS if joined & rule.words), None)


def _found(text: str, scalar: Scalar, kind: Kind) -> Iterator[Found]:
    if not scalar.is_text:
        if scalar.value.lstrip("-").isdigit():
            yield Found(scalar.start, scalar.end, kind, scalar.value, False)
        return
    if kind is not Kind.SECRET and _PLAIN_VALUE.fullmatch(scalar.value) and kind not in {Kind.ID_TOKEN, Kind.SERIAL}:
        return
    if kind is Kind.ADDRESS or (kind is not Kind.SECRET and "://" in scalar.value):
        kind = Kind.ADDRESS
    closed = scalar.end - scalar.start > 1 and text[scalar.end - 1] == '"'
    yield Found(scalar.start + 1, scalar.end - (1 if closed else 0), kind, scalar.value, True)


def _by_form(text: str) -> Iterator[Found]:
    for match in _PEM.finditer(text):
        escaped = match.group()
        value = escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\/", "/")
        yield Found(*match.span(), Kind.CERTIFICATE, value, "\\" in escaped)
    for match in _URL.finditer(text):
        url = match.group().rstrip(".:\\")
        yield Found(match.start(), match.start() + len(url), Kind.ADDRESS, url.replace("\\", ""), False)
    for pattern in (_MAIL, _MAC):
        for match in pattern.finditer(text):
            yield Found(*match.span(), Kind.ADDRESS, match.group(), False)
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            if _is_ip(match.group()):
                yield Found(*match.span(), Kind.ADDRESS, match.group(), False)
    for match in _CREDENTIALS.finditer(text):
        yield Found(*match.span("value"), Kind.SECRET, match["value"], False)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text.strip(":") != ""


def _prose(text: str) -> Iterator[Found]:
    for header in _HEADER.finditer(text):
        for part in _HEADER_PART.finditer(text, *header.span("value")):
            yield Found(*part.span(), Kind.STATION, part.group(), False)
    for match in _PROSE_TOKEN.finditer(text):
        yield Found(*match.span("value"), Kind.ID_TOKEN, match["value"], False)
    for match in _KEYSTORE.finditer(text):
        yield Found(*match.span("value"), Kind.STATION, match["value"], False)
    for match in _ASSIGNED.finditer(text):
        kind = kind_of_key_name(match["name"])
        if kind is not None and not _PLAIN_VALUE.fullmatch(match["value"]):
            yield Found(*match.span("value"), kind, match["value"], False)


def encoded(pseudonym: str, found: Found, written: str) -> str:
    """The pseudonym as it has to be written in place of `written`."""
    if found.is_json:
        return json.dumps(pseudonym, ensure_ascii=written.isascii())[1:-1]
    return pseudonym.replace("/", "\\/") if "\\/" in written else pseudonym
