"""The commented laboratory file that `perfkit init` writes."""

from __future__ import annotations

from perfkit.core.lab.table import SECTIONS, TOP_LEVEL
from perfkit.core.pics.template import commented_key

INTRODUCTION = """\
The laboratory, its customer and the circumstances of the test, for the reports of perfkit.

Fill in what is known. null means: not stated, and the report says so. Clauses in brackets are those of
ISO/IEC 17025:2017, if no other document is named; docs/report.md describes the keys. `perfkit report`
lists everything that cannot stay as it is.
"""


def lab_template() -> str:
    """A laboratory file in YAML, nothing stated."""
    lines = [f"# {line}".rstrip() for line in INTRODUCTION.splitlines()]
    schema, *others = TOP_LEVEL
    lines += ["", f"{schema.key}: {schema.example}"]
    for section in SECTIONS:
        lines += ["", "", f"# {section.title} [{section.clause}]", f"{section.name}:"]
        for field in section.fields:
            lines += commented_key(field, "none" if (section.name, field.key) == ("decision_rule", "rule") else "null")
    for field in others:
        lines += ["", "", *(line.removeprefix("  ") for line in commented_key(field, "null"))]
    return "\n".join(lines) + "\n"
