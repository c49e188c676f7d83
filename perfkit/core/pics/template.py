"""The commented PICS file that a laboratory or vendor starts from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from perfkit.core.pics.field import Field, Section
from perfkit.core.pics.model import DutType
from perfkit.core.pics.table import EXCLUSIONS, SECTIONS, TOP_LEVEL
from perfkit.core.policy import DEFAULT_POLICY

WIDTH = 110
INTRODUCTION = """\
Protocol Implementation Conformance Statement (PICS) of one DUT, for perfkit.

Fill in what is known. null means: not stated; a key or a whole section may also be left out. Clauses in
brackets are those of the OCPP 1.6 Test Procedure & Test Plans V1.2.0, if no other document is named.
`perfkit pics check FILE` lists everything that cannot stay as it is; docs/pics.md describes the keys.

Editors with the YAML language server check while you type: write `perfkit pics schema` to a file, and let
the first line of this file be the comment `yaml-language-server: $schema=FILE` with that file's name.
"""


def pics_template(dut_type: DutType) -> str:
    """A PICS file in YAML for this type of DUT, without the keys that only another type may state."""
    lines = [f"# {line}".rstrip() for line in INTRODUCTION.splitlines()]
    for field in TOP_LEVEL:
        lines += ["", f"{field.key}: {field.example}"]
    for section in SECTIONS:
        lines += ["", "", f"# {section.title} [{section.clause}]", f"{section.name}:"]
        for field in section.fields:
            if not _is_excluded(section, field, dut_type):
                lines += _field_lines(section, field, dut_type)
    return "\n".join(lines) + "\n"


def _is_excluded(section: Section, field: Field, dut_type: DutType) -> bool:
    return any(
        (rule.section, rule.key) == ("dut", "type")
        and dut_type.value in rule.values
        and rule.forbidden == (section.name, field.key)
        for rule in EXCLUSIONS
    )


def _field_lines(section: Section, field: Field, dut_type: DutType) -> Iterator[str]:
    yield from commented_key(field, _initial(section, field, dut_type))


def commented_key(field: Field, initial: str) -> Iterator[str]:
    """Lines of a template: what the key means and takes as a comment, then the key with its initial value."""
    kind = field.kind.wording
    value = f"{kind[0].upper()}{kind[1:]}; for example {field.example}"
    for text in (f"{field.description} [{field.clause}]", value):
        yield from textwrap.wrap(
            text, WIDTH, initial_indent="  # ", subsequent_indent="  # ", break_on_hyphens=False, break_long_words=False
        )
    yield f"  {field.key}: {initial}"


def _initial(section: Section, field: Field, dut_type: DutType) -> str:
    """What the template states: the default of a switch, the type asked for, the document; else null."""
    if section.name == "policy":
        return DEFAULT_POLICY.as_written()[field.key]
    if (section.name, field.key) == ("dut", "type"):
        return dut_type.value
    return field.example if section.name == "document" else "null"
