"""What a rule of the redaction says."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a value is, and so what its pseudonym looks like and whether it is looked for everywhere."""

    ID_TOKEN = "id token"  # noqa: S105 - a kind, not a password
    SERIAL = "serial number"
    SIM = "IMEI, ICCID, IMSI, MSISDN"
    STATION = "station or configuration name"
    ADDRESS = "address"
    SECRET = "password or key"  # noqa: S105 - a kind, not a password
    CERTIFICATE = "certificate or signature"
    PERSON = "name of a person, customer or laboratory"
    FREE_TEXT = "free text"
    PRODUCT = "vendor or product name"


class FieldRule(NamedTuple):
    """A member of a JSON object, by its name in lower case; `clause` is where the standard describes it."""

    name: str
    kind: Kind
    clause: str


class WordRule(NamedTuple):
    """A configuration key or variable whose name holds one of these words, joined or apart."""

    words: frozenset[str]
    kind: Kind
