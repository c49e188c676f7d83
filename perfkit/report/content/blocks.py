"""Short ways to write the blocks of the content."""

from __future__ import annotations

from collections.abc import Iterable

from perfkit.report.content.model import Cell, Column, Fact, Facts, Paragraph, Tone

NOT_STATED_BY_LABORATORY = "not stated by the laboratory"
NOT_STATED_BY_VENDOR = "not stated by the vendor"


def cell(text: str, tone: Tone = Tone.PLAIN) -> Cell:
    """Plain text."""
    return Cell(str(text), tone)  # an enumeration too becomes its text


def stated(text: str | None, otherwise: str = NOT_STATED_BY_LABORATORY) -> Cell:
    """What somebody stated, or that they did not."""
    return Cell(text) if text else Cell(otherwise, Tone.MUTED)


def fact(label: str, *cells: Cell | str) -> Fact:
    """A label with its cells; texts become plain ones."""
    return Fact(label, tuple(Cell(entry) if isinstance(entry, str) else entry for entry in cells))


def facts(items: Iterable[Fact], caption: str | None = None) -> Facts:
    """A block of facts."""
    return Facts(tuple(items), caption)


def columns(*headings: str) -> tuple[Column, ...]:
    """Columns; a heading that begins with ">" is of numbers."""
    return tuple(Column(heading.removeprefix(">"), numeric=heading.startswith(">")) for heading in headings)


def paragraph(text: str, tone: Tone = Tone.PLAIN) -> Paragraph:
    """Running text."""
    return Paragraph(text, tone)
