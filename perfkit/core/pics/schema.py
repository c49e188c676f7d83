"""The JSON Schema (2020-12) of a PICS file or another form, for editors and for other programs."""

from __future__ import annotations

from perfkit.core.pics.field import Exclusion, Field, Section
from perfkit.core.pics.form import Form
from perfkit.core.pics.kinds import Choice
from perfkit.core.pics.load import FORM
from perfkit.core.pics.table import SCHEMA_ID

Schema = dict[str, object]


def json_schema() -> Schema:
    """The schema of a PICS file as a JSON document."""
    description = "Protocol Implementation Conformance Statement for OCPP 1.6 certification, as perfkit reads it."
    return form_schema(FORM, SCHEMA_ID, "perfkit PICS", description)


def form_schema(form: Form, schema_id: str, title: str, description: str) -> Schema:
    """The schema of a form as a JSON document.

    It accepts nothing that the reader refuses, but for what JSON Schema cannot see: keys that occur twice, anchors,
    contradictions between keys, and the range of a duration with a unit.
    """
    properties = {field.key: field_schema(field) for field in form.top_level}
    properties |= {section.name: _section(section) for section in form.sections}
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id,
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if form.exclusions:
        schema["allOf"] = [_exclusion(exclusion, form) for exclusion in form.exclusions]
    return schema


def field_schema(field: Field) -> Schema:
    """The schema of one key: its kind, or null."""
    return {
        "description": f"{field.description} ({field.clause})",
        "examples": [field.example],
        "anyOf": [field.kind.schema(), {"type": "null"}],
    }


def _section(section: Section) -> Schema:
    shapes: list[Schema] = [
        {
            "type": "object",
            "properties": {field.key: field_schema(field) for field in section.fields},
            "additionalProperties": False,
        },
        {"type": "null"},
    ]
    shapes += [field.kind.schema() for field in section.fields if field.key == section.shorthand]
    return {"description": f"{section.title} ({section.clause})", "anyOf": shapes}


def _exclusion(exclusion: Exclusion, form: Form) -> Schema:
    """If the first key says one of the values (in any documented spelling), then the other says nothing."""
    said = _spellings(form.fields[exclusion.section, exclusion.key], exclusion.values)
    section, key = exclusion.forbidden
    allowed = _spellings(form.fields[section, key], exclusion.allowed)
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
