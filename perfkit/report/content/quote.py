"""Figures quoted from a result document: read, written out and traced in one step, so that they cannot part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from perfkit.report.content.model import Cell, Figure, Tone
from perfkit.report.wording import NOTHING, percent, seconds, seconds_up

Write = Callable[[float], str]
Decorated = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Quote:
    """A place in a document: its id, the JSON pointer of a struct, and the struct."""

    document: str
    pointer: str
    source: msgspec.Struct

    def child(self, name: str, index: int | None = None) -> Quote:
        """The place of a struct in a field, or in a list in a field."""
        value = getattr(self.source, name)
        if index is None:
            return Quote(self.document, f"{self.pointer}/{name}", value)
        return Quote(self.document, f"{self.pointer}/{name}/{index}", value[index])

    def figure(self, name: str, unit: str) -> Figure | None:
        """The number of a field; None where it is None."""
        value = getattr(self.source, name)
        return None if value is None else Figure(value, unit, self.document, f"{self.pointer}/{name}")

    def number(self, name: str, unit: str, write: Write, *, evidence: str | None = None) -> Cell:
        """A number as `write` puts it; "-" where there is none."""
        figure = self.figure(name, unit)
        if figure is None:
            return Cell(NOTHING, Tone.MUTED)
        return Cell(write(figure.value), figure=figure, evidence=evidence)

    def seconds(self, name: str, *, evidence: str | None = None) -> Cell:
        """A duration to the millisecond, without its unit."""
        return self.number(name, "s", seconds, evidence=evidence)

    def seconds_up(self, name: str) -> Cell:
        """A duration rounded up to the millisecond, without its unit: an uncertainty."""
        return self.number(name, "s", lambda value: seconds_up(value).removesuffix(" s"))

    def count(self, name: str) -> Cell:
        """A whole number."""
        return self.number(name, "1", lambda value: f"{value:,}")

    def share(self, name: str) -> Cell:
        """A share in percent."""
        return self.number(name, "1", percent)


def worded(cell: Cell, wording: Decorated) -> Cell:
    """The cell with its text inside a sentence; "-" stays."""
    return cell if cell.figure is None else replace_text(cell, wording(cell.text))


def replace_text(cell: Cell, text: str) -> Cell:
    """The cell with another text."""
    return msgspec.structs.replace(cell, text=text)
