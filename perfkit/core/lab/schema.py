"""The JSON Schema (2020-12) of a laboratory file, for editors (`perfkit schema lab`)."""

from __future__ import annotations

from perfkit.core.lab.table import FORM, SCHEMA_ID
from perfkit.core.pics.schema import form_schema


def json_schema() -> dict[str, object]:
    """The schema as a JSON document."""
    description = "The laboratory, its customer and the circumstances of a test, for the reports of perfkit."
    return form_schema(FORM, SCHEMA_ID, "perfkit laboratory", description)
