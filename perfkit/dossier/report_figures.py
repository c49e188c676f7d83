"""The figures of a report as its content states them: are they those of the documents that it was made from?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.verification_record import Difference
from perfkit.report.content.model import (
    Cell,
    Fact,
    Facts,
    Figure,
    ReportContent,
    Section,
    Table,
)
from perfkit.report.sample_rows import read_sample_rows

CONTENT = "report.json"
MAX_CONTENT_BYTES = 1 << 30
_NUMBER = re.compile(r"-?\d+(?:[\u00a0\u202f,]\d{3})*(?:\.\d+)?")
_PERCENT, _MILLI, _ONE, _KILO = Decimal("0.01"), Decimal("0.001"), Decimal(1), Decimal(1000)


@dataclass(frozen=True, slots=True)
class Line:
    """Cells that stand in one row: the texts that a reader sees one after the other. `on_paper`: the PDF has it."""

    cells: tuple[Cell, ...]
    on_paper: bool

    @property
    def figures(self) -> list[tuple[Cell, Figure]]:
        """The cells that print a number of an input."""
        return [(cell, cell.figure) for cell in self.cells if cell.figure is not None]


def read_content(path: Path, name: str) -> ReportContent:
    """The content of a report.

    Raises:
        InputError: it is missing or no content of a report.
    """
    if not path.is_file():
        raise InputError(f"{name} is missing or damaged")
    try:
        return msgspec.json.decode(path.read_bytes()[:MAX_CONTENT_BYTES], type=ReportContent)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"{name} is no content of a report: {' '.join(str(error).split())}") from None


def lines_of(content: ReportContent) -> Iterator[Line]:
    """Every row of the report in its order."""
    yield from _of_facts(content.head, on_paper=True)
    for section in content.sections:
        yield from _of_section(section, on_paper=True)
    for evidence in content.evidence:
        yield from _of_facts(evidence.facts, on_paper=False)


def _of_section(section: Section, *, on_paper: bool) -> Iterator[Line]:
    on_paper = on_paper and section.paper is None
    for block in section.blocks:
        if isinstance(block, Table):
            yield from (Line(row, on_paper) for row in block.rows)
        elif isinstance(block, Facts):
            yield from _of_facts(block.items, on_paper=on_paper)
    for inner in section.sections:
        yield from _of_section(inner, on_paper=on_paper)


def _of_facts(facts: Iterable[Fact], *, on_paper: bool) -> Iterator[Line]:
    for fact in facts:
        for cell in fact.cells:
            yield Line((Cell(fact.label), cell), on_paper)


@dataclass(slots=True)
class Documents:
    """The documents that a report was made from, found in the dossier by their hashes."""

    content: ReportContent
    by_digest: dict[str, Path]
    _loaded: dict[str, object] = field(default_factory=dict)

    def missing(self) -> Iterator[Difference]:
        """Documents that are not, or not any more, in the dossier."""
        for info in self.content.documents:
            if info.sha256 not in self.by_digest:
                yield Difference(info.path, f"the report was made from another {info.id}: none has its SHA-256")

    def compared(self) -> tuple[int, list[Difference]]:
        """How many figures the content states, and those that are not what the documents say."""
        count = 0
        differing: list[Difference] = []
        for line in lines_of(self.content):
            for cell, figure in line.figures:
                count += 1
                differing.extend(self._compare(cell, figure))
        return count, differing

    def _compare(self, cell: Cell, figure: Figure) -> Iterator[Difference]:
        place = f"{figure.document}#{figure.pointer}"
        try:
            value = _at(self._document(figure.document), figure.pointer)
        except (LookupError, ValueError, TypeError):
            yield Difference(place, "there is no such value in the document", None, cell.text)
            return
        if value != figure.value or isinstance(value, bool):
            yield Difference(place, "the value", str(value), str(figure.value))
        elif not reads_as(cell.text, figure.value, figure.unit):
            yield Difference(place, "the printed text", str(figure.value), cell.text)

    def _document(self, identifier: str) -> object:
        if identifier not in self._loaded:
            info = next(info for info in self.content.documents if info.id == identifier)
            content = self.by_digest[info.sha256].read_bytes()
            if identifier == "samples":
                self._loaded[identifier] = [msgspec.structs.asdict(row) for row in read_sample_rows(content, info.path)]
            else:
                self._loaded[identifier] = json.loads(content)
        return self._loaded[identifier]


def _at(document: object, pointer: str) -> object:
    """The value at a JSON pointer (RFC 6901)."""
    value = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value[key]
        else:
            raise LookupError(pointer)
    return value


def reads_as(text: str, value: float, unit: str) -> bool:
    """Whether a number of the text is the value, rounded up or down to its last digit; `unit` is the value's.

    Examples:
        >>> reads_as("1.49 s", 1.488, "s"), reads_as("89.1 %", 0.8912, "1"), reads_as("500 ms", 0.5, "s")
        (True, True, True)
        >>> reads_as("58.0 kB", 58_012, "B"), reads_as("3.26 MB", 3_260_100, "B"), reads_as("58.0 kB", 59_000, "B")
        (True, True, False)
        >>> reads_as("0.7 s", 0.6, "s"), reads_as("27", 26, "1")
        (False, False)
    """
    exact = Decimal(repr(value))
    for match in _NUMBER.finditer(text):
        written = Decimal(re.sub(r"[\u00a0\u202f,]", "", match.group()))
        last_digit = Decimal(1).scaleb(int(written.as_tuple().exponent))
        if any(abs(written * scale - exact) < last_digit * scale for scale in _scales(text, unit)):
            return True
    return False


def _scales(text: str, unit: str) -> list[Decimal]:
    """What a printed number may have to be multiplied with to be in the unit of the value."""
    scales = [_ONE]
    if "%" in text:
        scales.append(_PERCENT)
    if unit == "s" and "ms" in text:
        scales.append(_MILLI)
    if unit == "B":
        scales += [_KILO * power for name, power in (("kB", 1), ("MB", _KILO)) if name in text]
    return scales
