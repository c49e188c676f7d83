"""The JSON Schema (2020-12) of a PICS file, for editors and for other programs."""

from __future__ import annotations

from perfkit.core.pics.field import Exclusion, Field, Section
from perfkit.core.pics.kinds import Choice
from perfkit.core.pics.table import EXCLUSIONS, FIELDS, SCHEMA_ID, SECTIONS, TOP_LEVEL

Schema = dict[str, object]


def json_schema() -> Schema:
    """The schema as a JSON document.

    It accepts nothing that `load_pics` refuses, but for what JSON Schema cannot see: keys that occur twice, anchors,
    and the range of a duration with a unit.
    """
    properties = {field.key: _field(field) for field in TOP_LEVEL}
    properties |= {section.name: _section(section) for section in SECTIONS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "perfkit PICS",
        "description": "Protocol Implementation Conformance Statement for OCPP 1.6 certification, as perfkit reads it.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "allOf": [_exclusion(exclusion) for exclusion in EXCLUSIONS],
    }


def _field(field: Field) -> Schema:
    return {
        "description": f"{field.description} ({field.clause})",
        "examples": [field.example],
        "anyOf": [field.kind.schema(), {"type": "null"}],
    }


def _section(section: Section) -> Schema:
    shapes: list[Schema] = [
        {
            "type": "object",
            "properties": {field.key: _field(field) for field in section.fields},
            "additionalProperties": False,
        },
        {"type": "null"},
    ]
    shapes += [field.kind.schema() for field in section.fields if field.key == section.shorthand]
    return {"description": f"{section.title} ({section.clause})", "anyOf": shapes}


def _exclusion(exclusion: Exclusion) -> Schema:
    """If the first key says one of the values (in any documented spelling), then the other says nothing."""
    said = _spellings(FIELDS[exclusion.section, exclusion.key], exclusion.values)
    section, key = exclusion.forbidden
    allowed = _spellings(FIELDS[section, key], exclusion.allowed)
    condition = {exclusion.key: {"enum": said}}
    return {
        "if": {
            "properties": {exclusion.section: {"type": "object", "properties": condition, "required": [exclusion.key]}},
            "required": [exclusion.section],
        },
        "then": {"properties": {section: {"properties": {key: {"enum": [None, [], *allowed]}}}}},
    }


def _spellings(field: Field, members: tuple[str, ...]) -> list[str]:
    if not isinstance(field.kind, Choice):
        return list(members)
    others = [word for word, member in field.kind.spellings.items() if member in members]
    return [*members, *others]
