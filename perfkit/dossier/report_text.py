"""Whether the figures that a reader sees of a report, on a page or on paper, are those of its content."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

from perfkit.core.errors import InputError
from perfkit.core.verification_record import Difference
from perfkit.dossier.report_figures import Line
from perfkit.report.content.model import Cell

GAP_CHARACTERS = 400
"""Between two cells of a row there may be the foot of one page and the head of the next."""
MAX_PAGES = 5000
_TRIES = 50
_LATIN_END = 0x250
_BLANKS = re.compile(r"[\s\u00ad\u200b\u2060]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010](?=[^\W\d_])")
_NOTHING = frozenset({"", "-", "\u2013"})


@dataclass(frozen=True, slots=True)
class PdfContent:
    """The text of each page, and the embedded files by name."""

    pages: list[str]
    attachments: dict[str, bytes]

    @property
    def text(self) -> str:
        """The pages one after the other."""
        return "\n".join(self.pages)


def pdf_content(data: bytes, name: str) -> PdfContent:
    """What pypdf reads of a PDF.

    Raises:
        InputError: it cannot be read.
        ImportError: pypdf is not installed.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        pages = [page.extract_text() for page in reader.pages[:MAX_PAGES]]
        attachments = {name: contents[0] for name, contents in reader.attachments.items() if contents}
    except (PyPdfError, ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError) as error:
        # pypdf tells of a damaged structure in all of these ways
        raise InputError(f"{name}: cannot be read as a PDF ({' '.join(str(error).split())})") from None
    return PdfContent(pages, attachments)


class _Page(HTMLParser):
    """The figures of a page: place, value and text of each `data` element; `title` is that of the window."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.figures: Counter[tuple[str, str, str]] = Counter()
        self.title = ""
        self._in_title = False
        self._figure: tuple[str, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a figure, or the title."""
        self._in_title = tag == "title"
        attributes = dict(attrs)
        if tag == "data" and "data-at" in attributes:
            self._figure = (attributes["data-at"] or "", attributes.get("value") or "", [])

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._in_title = False
        if tag == "data" and self._figure is not None:
            at, value, parts = self._figure
            self.figures[at, value, " ".join("".join(parts).split())] += 1
            self._figure = None

    def handle_data(self, data: str) -> None:
        """Collect what a figure or the title shows."""
        self.title += data if self._in_title else ""
        if self._figure is not None:
            self._figure[2].append(data)


def html_differences(page: str, report_id: str, lines: Iterable[Line]) -> list[Difference]:
    """Figures of the content that the page does not show, and figures of the page that are not in the content.

    Before them, that the title does not end with the identification: the page is that of another report.
    """
    parser = _Page()
    parser.feed(page)
    parser.close()
    wanted = Counter(
        (f"{figure.document}#{figure.pointer}", str(figure.value), " ".join(cell.text.split()))
        for line in lines
        for cell, figure in line.figures
    )
    title = " ".join(parser.title.split())
    is_named = title.endswith(" ".join(report_id.split()))
    differing = [] if is_named else [Difference("title", "identification", report_id, title)]
    differing += [Difference(at, "is not on the page", text, None) for at, _, text in (wanted - parser.figures)]
    differing += [Difference(at, "is not in the content", None, text) for at, _, text in (parser.figures - wanted)]
    return differing


def other_pages(pages: Iterable[str], report_id: str) -> list[Difference]:
    """Pages without the identification that is at the head of each; none where it is not Latin and cannot be read."""
    wanted = _squeezed(report_id)
    if any(ord(character) >= _LATIN_END for character in report_id):
        return []
    numbers = [number for number, text in enumerate(pages, 1) if wanted not in _squeezed(text)]
    return [Difference(f"page {number}", "identification", report_id, None) for number in numbers]


def missing_rows(text: str, lines: Iterable[Line]) -> list[Difference]:
    """Rows with figures whose cells do not stand one after the other in the text, in the order of the report."""
    squeezed = _squeezed(text)
    missing = []
    position = 0
    for line in lines:
        if not line.figures:
            continue
        cells = [text for cell in line.cells if _is_readable(cell) and (text := _squeezed(cell.text)) not in _NOTHING]
        found = _find(squeezed, cells, position)
        if found is None:
            _, figure = line.figures[0]
            place = f"{figure.document}#{figure.pointer}"
            missing.append(
                Difference(place, "the row is not there", " | ".join(cell.text for cell in line.cells), None)
            )
        else:
            position = found
    return missing


def _is_readable(cell: Cell) -> bool:
    """Whether a PDF gives the text of a cell back: all figures, and what is Latin. Other scripts may be reordered."""
    return cell.figure is not None or all(ord(character) < _LATIN_END for character in cell.text)


def _find(text: str, cells: list[str], start: int) -> int | None:
    """Where a row begins; None when its cells do not follow each other anywhere after `start`."""
    begin = text.find(cells[0], start)
    for _ in range(_TRIES):
        if begin < 0:
            return None
        end = begin + len(cells[0])
        for cell in cells[1:]:
            place = text.find(cell, end, end + GAP_CHARACTERS + len(cell))
            if place < 0:
                break
            end = place + len(cell)
        else:
            return begin
        begin = text.find(cells[0], begin + 1)
    return None


def _squeezed(text: str) -> str:
    """Without blanks, ligatures and hyphens after letters, which differ with the width of a line."""
    return _HYPHEN.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", text)))
