"""The document of `perfkit verify`, schema `perfkit.verification/1`: a checklist over a dossier.

The JSON Schema is generated from these types.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.analysis_record import ToolInfo

SCHEMA = "perfkit.verification/1"
MAX_LISTED = 1000
"""Differences listed of one check; `count` holds how many there are."""


class State(StrEnum):
    """What a check came to. Undecided: something differs, and a reason other than an alteration is possible."""

    OK = "ok"
    FAILED = "failed"
    UNDECIDED = "undecided"
    NOT_CHECKED = "not_checked"


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it should be.

    `where` is a file of the dossier, or in a document the JSON pointer (RFC 6901) of a value. `expected` is what was
    computed, counted or hashed by this program, `found` what the dossier says; None where one of them does not exist.
    """

    where: str
    what: str
    expected: str | None = None
    found: str | None = None


class Check(msgspec.Struct, frozen=True):
    """One line of the checklist. `subject` is what was checked: a file of the dossier, or "dossier".

    `sentence` says what was found; of a check that was not made, why. `missing_extra` is true where a library is not
    installed: then the answer can be had.
    """

    key: str
    subject: str
    state: State
    sentence: str
    count: int = 0
    differences: list[Difference] = []
    missing_extra: bool = False


class SignatureInfo(msgspec.Struct, frozen=True):
    """A signature in a PDF: who signed and when, by their own statement; times are ISO 8601 in UTC."""

    file: str
    field: str
    signer: str
    issuer: str
    signed_at: str | None
    valid_from: str
    valid_until: str
    certificate_sha256: str
    trusted: bool | None


class DossierInfo(msgspec.Struct, frozen=True):
    """What the dossier says of itself: container "zip" or "folder", the reports' ids, who packed it, when."""

    container: str
    identifiers: list[str]
    packed_by: str | None
    packed_on: str | None
    result_version: str | None
    files: int
    bytes: int


class VerificationDocument(msgspec.Struct, frozen=True):
    """The whole checklist. `unaltered` is true when no check failed or is undecided."""

    schema: str
    tool: ToolInfo
    path: str
    dossier: DossierInfo
    checks: list[Check]
    signatures: list[SignatureInfo]
    unaltered: bool
    complete: bool
    """Nothing was left out for want of a library."""


def passed(key: str, subject: str, sentence: str) -> Check:
    """A check that found everything as it should be."""
    return Check(key, subject, State.OK, sentence)


def not_checked(key: str, subject: str, reason: str, *, missing_extra: bool = False) -> Check:
    """A check that was not made."""
    return Check(key, subject, State.NOT_CHECKED, reason, missing_extra=missing_extra)


def failed(
    key: str, subject: str, sentence: str, differences: list[Difference] | None = None, *, undecided: bool = False
) -> Check:
    """A check that found something; at most MAX_LISTED differences are kept."""
    listed = differences or []
    state = State.UNDECIDED if undecided else State.FAILED
    return Check(key, subject, state, sentence, len(listed), listed[:MAX_LISTED])


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(VerificationDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
