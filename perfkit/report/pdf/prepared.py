"""The content as the typst template takes it: plain data, with every text made settable and long words breakable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from perfkit.report.charts.glyphs import settable
from perfkit.report.content.model import (
    Block,
    Cell,
    Chart,
    Evidence,
    EvidenceList,
    Fact,
    Facts,
    ReportContent,
    Section,
    Table,
)
from perfkit.report.inputs import Attachment
from perfkit.report.printable import printable

BREAK = "\u200b"
"""A place where a line may break (zero width space)."""

_NAMES = frozenset({"block", "evidence", "id", "ids", "key", "kind", "language", "parameter", "tone"})
"""Fields that refer to something and are not printed."""
_LONG_WORD = re.compile(r"\S{13,}")
_JOINT = re.compile(r"([/_.,:;=&?+|\\)}\]-]+)(?=\w)|(?<=[a-z])(?=[A-Z][a-z])")
_PIECE = re.compile(rf"[^{BREAK}]{{20}}(?=[^{BREAK}])")
_OUTLINE_FROM = 6
_SHORT_LETTERS = 24
"""A column whose longest text has at most so many letters gets room for it ..."""
_FIXED_LETTERS = 85
"""... unless all of these together take more than this, which leaves too little for the others."""
_GAP_LETTERS = 2
_WIDEST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Beside:
    """File names of what is not text: charts by their key, the logo, attachments with the names they get in the PDF."""

    charts: Mapping[str, str] = field(default_factory=dict)
    logo: str | None = None
    attachments: tuple[tuple[Attachment, str, str], ...] = ()


def prepared(content: ReportContent, beside: Beside) -> bytes:
    """The JSON that the template reads: each block with all that it needs, and nothing that is not printed."""
    moment = datetime.fromisoformat(content.issued)
    units = ("year", "month", "day", "hour", "minute", "second")
    plain = msgspec.to_builtins(msgspec.structs.replace(content, logo=None, sections=(), evidence=(), documents=()))
    text = _settable(plain)
    sections = _Sections(content, beside)
    text["head"] = [sections.fact(fact) for fact in content.head]
    text["sections"] = sections.plain()
    data = {
        "content": text,
        "title": settable(f"{content.title} {content.id}"),
        "author": settable(content.laboratory.name) if content.laboratory else content.tool.name,
        "issued": {unit: getattr(moment, unit) for unit in units},
        "logo": {"path": beside.logo, "alternative": settable(content.logo.alternative)} if content.logo else None,
        "outline": len(content.sections) >= _OUTLINE_FROM,
        "attachments": [
            {
                "name": printable(name),
                "path": path,
                "media_type": attachment.media_type,
                "description": settable(attachment.description),
                "relationship": attachment.relationship,
            }
            for attachment, name, path in beside.attachments
        ],
    }
    return msgspec.json.encode(data)


class _Sections:
    """Sections as plain data; links lead only to what is printed."""

    def __init__(self, content: ReportContent, beside: Beside) -> None:
        self._sections = content.sections
        self._charts = beside.charts
        self._printed = set(_printed_evidence(content.sections))
        self._evidence = {entry.id: entry for entry in content.evidence}

    def plain(self) -> list[dict[str, Any]]:
        """All of them."""
        return [self._section(section) for section in self._sections]

    def _section(self, section: Section) -> dict[str, Any]:
        is_printed = section.paper is None
        heading = msgspec.structs.replace(section, blocks=(), sections=())
        return {
            **_settable(msgspec.to_builtins(heading)),
            "blocks": [self._block(block) for block in section.blocks] if is_printed else [],
            "sections": [self._section(inner) for inner in section.sections] if is_printed else [],
        }

    def _block(self, block: Block) -> dict[str, Any]:
        data: dict[str, Any] = _settable(msgspec.to_builtins(block))
        if isinstance(block, Table):
            data["widths"] = [width._asdict() for width in column_widths(block)]
            data["rows"] = [[self._cell(cell) for cell in row] for row in block.rows]
        elif isinstance(block, Facts):
            data["items"] = [self.fact(fact) for fact in block.items]
        elif isinstance(block, Chart):
            data["path"] = self._charts.get(block.key)
        elif isinstance(block, EvidenceList):
            data["entries"] = [self._shown(self._evidence[name]) for name in block.ids if name in self._evidence]
        return data

    def _shown(self, evidence: Evidence) -> dict[str, Any]:
        return {**_settable(msgspec.to_builtins(evidence)), "facts": [self.fact(fact) for fact in evidence.facts]}

    def fact(self, fact: Fact) -> dict[str, Any]:
        """A fact."""
        return {"label": _settable(fact.label), "cells": [self._cell(cell) for cell in fact.cells]}

    def _cell(self, cell: Cell) -> dict[str, Any]:
        """Without the figure: its text is what is printed."""
        evidence = cell.evidence if cell.evidence in self._printed else None
        return {"text": _settable(cell.text), "tone": cell.tone.value, "evidence": evidence}


class Width(NamedTuple):
    """A column's width: in letters where `share` is 0, else the share of what is left by all others."""

    letters: float
    share: float


def column_widths(table: Table) -> list[Width]:
    """Room for columns of short texts, the rest shared by long ones; headings are broken between words."""
    needs = [
        _need([row[index].text for row in table.rows], column.heading) for index, column in enumerate(table.columns)
    ]
    fixed = {index for index, need in enumerate(needs) if need.letters <= _SHORT_LETTERS}
    while sum(needs[index].letters + _GAP_LETTERS for index in fixed) > _FIXED_LETTERS:
        fixed.remove(max(fixed, key=lambda index: needs[index].letters))
    if len(fixed) == len(needs):
        return [Width(0, need.letters) for need in needs]
    return [Width(need.letters, 0) if index in fixed else need for index, need in enumerate(needs)]


def _need(texts: list[str], heading: str) -> Width:
    """The longest text in letters, and the share that the column gets if it has to share."""
    extents = [_extent(text) for text in texts]
    longest = max([*extents, *(_extent(word) for word in heading.split()), len(heading) / 2])
    usual = sum(extents) / len(extents) if extents else 0.0
    return Width(round(longest, 1), round(min((longest + usual) / 2, _WIDEST_LETTERS), 1))


def _extent(text: str) -> float:
    """Length in usual letters; capitals take more room."""
    return len(text) + 0.3 * sum(letter.isupper() for letter in text)


def _printed_evidence(sections: Iterable[Section]) -> Iterator[str]:
    """The ids of the raw lines that stand on paper."""
    for section in sections:
        if section.paper is None:
            for block in section.blocks:
                if isinstance(block, EvidenceList):
                    yield from block.ids
            yield from _printed_evidence(section.sections)


def _settable(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if name in _NAMES else "\n".join(breakable(settable(line)) for line in value.splitlines())
    if isinstance(value, dict):
        return {key: _settable(entry, key) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_settable(entry, name) for entry in value]
    return value


def breakable(text: str) -> str:
    """`text` with places in long words where a line may break: at punctuation, inside CamelCase, else every 20 letters.

    Examples:
        >>> breakable("TC_001_CS main"), breakable("a/long_path_of_a.log").split(BREAK)
        ('TC_001_CS main', ['a/', 'long_', 'path_', 'of_', 'a.', 'log'])
        >>> breakable("DiagnosticsStatusNotification").split(BREAK)
        ['Diagnostics', 'Status', 'Notification']
    """
    return _LONG_WORD.sub(lambda match: _PIECE.sub(rf"\g<0>{BREAK}", _JOINT.sub(rf"\g<0>{BREAK}", match[0])), text)
