"""The document of `perfkit redact`, schema `perfkit.redaction/1`: what was replaced, by kind; never a value.

The JSON Schema is generated from these types.
"""

from __future__ import annotations

import msgspec

from perfkit.core.analysis_record import ToolInfo

SCHEMA = "perfkit.redaction/1"


class Replaced(msgspec.Struct, frozen=True):
    """Values of one kind: how many different ones, and in how many places."""

    kind: str
    values: int
    places: int


class LeftOut(msgspec.Struct, frozen=True):
    """A file that is not in the copy, and why."""

    path: str
    reason: str


class RedactionDocument(msgspec.Struct, frozen=True):
    """The whole account. `searched` values were looked for in every byte of the copy; the others in their fields."""

    schema: str
    tool: ToolInfo
    source: str
    target: str
    files: int
    lines: int
    replaced: list[Replaced]
    searched: int
    left_out: list[LeftOut]
    repeatable: bool


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the document."""
    schema = msgspec.json.schema(RedactionDocument)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
