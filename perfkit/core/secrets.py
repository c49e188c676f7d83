"""What must never reach a report: passwords, keys and private keys, by the names that OCPP and vendors give them.

Sources of the names: OCPP 1.6 security whitepaper edition 3, 5 (AuthorizationKey); OCPP 2.0.1 part 2, appendix 3
(SecurityCtrlr.BasicAuthPassword) and APNType, VPNType (apnPassword, simPin, password, key); everything else is what
vendors call their own configuration keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from perfkit.core.json_text import Container, Node, Scalar, json_in, scalars

MASK = "[secret removed]"

_SECRET_IN_NAME = (
    "password", "passwd", "passphrase", "passcode", "secret", "privatekey", "authorizationkey", "authkey", "apikey",
    "sharedkey", "encryptionkey", "accesskey", "wifikey", "wlankey", "wpakey", "networkkey", "credential", "simpin",
    "accesstoken", "authtoken", "bearertoken", "refreshtoken", "apitoken", "sessiontoken", "oauth",
)  # fmt: skip
_SECRET_WORDS = frozenset({"pwd", "psk", "pin", "pincode", "puk", "pass"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NO_LETTERS = re.compile(r"[^a-z]+")

_NO_SECRETS = frozenset({"null", "true", "false"})
_VALUE_NAMES = frozenset({"value", "attributevalue"})
_PARTS_OF_A_VARIABLE = frozenset({"variableattribute", ""})
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|\Z)", re.S
)
_URL_PASSWORD = re.compile(
    r"(?P<keep>(?<![a-zA-Z0-9+.-])[a-zA-Z][a-zA-Z0-9+.-]{0,30}:\\?/\\?/[^\s/@\"'\\:]*:)(?P<secret>[^\s/@\"']+)(?=@)"
)
_HTTP_CREDENTIALS = re.compile(
    r"(?P<keep>\b(?:Basic|Bearer)\s+)(?P<secret>(?=[A-Za-z]*[0-9+/._~=-])[A-Za-z0-9+/._~-]{6,}=*)", re.I
)
# `AuthorizationKey: abc`, `password = 'abc'`: prose of a log. A JSON member is found by its structure.
_ASSIGNED = re.compile(
    r"(?P<name>(?<![A-Za-z0-9._-])[A-Za-z][A-Za-z0-9._-]{2,120})(?P<between>['\"]?\s*(?:=|:|\bto\b)\s*)"
    r"(?P<quote>['\"]?)(?P<secret>[^\s'\",;\]}{\[]+)"
)


@lru_cache(maxsize=10_000)
def is_secret_key(name: str) -> bool:
    """Whether the value of this configuration key, variable or field is a secret, by its name alone.

    Examples:
        >>> is_secret_key("AuthorizationKey"), is_secret_key("wifi_psk"), is_secret_key("apnPassword")
        (True, True, True)
        >>> is_secret_key("AuthorizationCacheEnabled"), is_secret_key("idToken"), is_secret_key("PassThrough")
        (False, False, False)
    """
    words = [word.lower() for word in _WORD.findall(name)]
    joined = _NO_LETTERS.sub("", name.lower())
    if any(part in joined for part in _SECRET_IN_NAME):
        return True
    return any(word in _SECRET_WORDS and (word != "pass" or word == words[-1]) for word in words)


def secret_scalars(node: Node) -> Iterator[Scalar]:
    """The values below a JSON value that are secrets.

    A value is one by the name of its member, or where it stands beside the name of a secret: as `value` of a
    configuration `key` (1.6), as `attributeValue` of a `variable` (2.x).
    """
    waiting = [(node, False)]
    while waiting:
        current, is_of_secret = waiting.pop()
        if isinstance(current, Scalar):
            continue
        beside_secret = is_of_secret or _names_a_secret(current)
        is_vpn = current.member("server") is not None  # its `key` is the shared secret of the tunnel
        for name, item in current.items:
            lowered = (name or "").lower()
            is_named = name is not None and (is_secret_key(name) or (is_vpn and lowered == "key"))
            if is_named or (beside_secret and lowered in _VALUE_NAMES):
                yield from scalars(item)
            else:
                waiting.append((item, beside_secret and lowered in _PARTS_OF_A_VARIABLE))


def _names_a_secret(container: Container) -> bool:
    """Whether an object says, in `key`, `name` or `variable.name`, that its value is a secret."""
    variable = container.member("variable")
    named = [container.member("key"), container.member("name")]
    if isinstance(variable, Container):
        named.append(variable.member("name"))
    return any(isinstance(node, Scalar) and node.is_text and is_secret_key(node.value) for node in named)


def without_secrets(text: str) -> str:
    r"""The text with every secret in it replaced by MASK: raw log lines, error texts, documents.

    Examples:
        >>> without_secrets('[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"0011"}]')
        '[2,"7","ChangeConfiguration",{"key":"AuthorizationKey","value":"[secret removed]"}]'
        >>> without_secrets("upload to ftp://lab:pw1@files.example/x")
        'upload to ftp://lab:[secret removed]@files.example/x'
    """
    for start, end in sorted(_secret_spans(text), reverse=True):
        text = f"{text[:start]}{MASK}{text[end:]}"
    text = _PRIVATE_KEY.sub(MASK, text)
    text = _URL_PASSWORD.sub(rf"\g<keep>{MASK}", text)
    text = _HTTP_CREDENTIALS.sub(rf"\g<keep>{MASK}", text)
    return _ASSIGNED.sub(_masked_assignment, text)


def _secret_spans(text: str) -> set[tuple[int, int]]:
    """Where secrets of JSON values are written, without their quotes."""
    spans = set()
    for root in json_in(text):
        for scalar in secret_scalars(root):
            if scalar.value and scalar.value not in _NO_SECRETS:
                quotes = 1 if scalar.is_text else 0
                closed = quotes and text[scalar.end - 1] == '"' and scalar.end - scalar.start > 1
                spans.add((scalar.start + quotes, scalar.end - (1 if closed else 0)))
    return spans


def _masked_assignment(match: re.Match[str]) -> str:
    if not is_secret_key(match["name"]) or match["secret"] in _NO_SECRETS:
        return match.group()
    return f"{match['name']}{match['between']}{match['quote']}{MASK}"
