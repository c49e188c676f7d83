"""The content of a report, schema `perfkit.report/1`: every word and figure, already written out.

A renderer lays out what stands here and adds nothing: it writes no number, no sentence and no heading of its own. So
HTML, Markdown and PDF say the same, and a test compares each of them with this document. All text is plain text: what
looks like markup in it came from a log or a YAML file and must stay text.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from perfkit.core.analysis_record import ToolInfo

SCHEMA = "perfkit.report/1"


class Tone(StrEnum):
    """What a text means for the reader. Colour may show it, the words say it too."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    ALARM = "alarm"
    MUTED = "muted"


class Figure(msgspec.Struct, frozen=True):
    """The number behind a printed text and where it stands: `pointer` (RFC 6901) into the input `document`.

    `value` is the number as it stands there, unrounded; `unit` is its unit there ("s", "kB/s", "1" for counts and
    shares). `document` is the id of a DocumentInfo.
    """

    value: float | int
    unit: str
    document: str
    pointer: str


class Cell(msgspec.Struct, frozen=True):
    """One piece of text. `figure` where the text is a number of an input, `evidence` the id of its raw lines."""

    text: str
    tone: Tone = Tone.PLAIN
    figure: Figure | None = None
    evidence: str | None = None


class Fact(msgspec.Struct, frozen=True):
    """A label with what is known; several cells stand one below the other."""

    label: str
    cells: tuple[Cell, ...]


class Column(msgspec.Struct, frozen=True):
    """A column; the heading names the unit. Numeric ones stand on the right and sort by the figure's value."""

    heading: str
    numeric: bool = False


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph", tag_field="block"):
    """Running text."""

    text: str
    tone: Tone = Tone.PLAIN


class Notice(msgspec.Struct, frozen=True, tag="notice", tag_field="block"):
    """Text that must not be overlooked, with its title."""

    title: str
    sentences: tuple[str, ...]
    tone: Tone


class Bullets(msgspec.Struct, frozen=True, tag="bullets", tag_field="block"):
    """A list."""

    items: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True, tag="facts", tag_field="block"):
    """Labels and texts in two columns; the caption may be None."""

    items: tuple[Fact, ...]
    caption: str | None = None


class Table(msgspec.Struct, frozen=True, tag="table", tag_field="block"):
    """A table. The first cell of a row names the row. `key` is unique in the report; `note` stands below."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str | None = None
    wide: bool = False
    """Has more columns than fit beside each other on a narrow page."""


class ChartKind(StrEnum):
    """What a chart shows."""

    ECDF = "ecdf"
    PER_ACTION = "per_action"
    TIMELINE = "timeline"
    NETWORK = "network"
    SEQUENCE = "sequence"


class Chart(msgspec.Struct, frozen=True, tag="chart", tag_field="block"):
    """A place for a chart. `parameter` is the key of the performance parameter it is about, None for the campaign.

    `caption` stands below, `description` is the text for those who do not see it. A renderer without charts leaves
    the whole block out: the tables hold the figures.
    """

    key: str
    kind: ChartKind
    parameter: str | None
    caption: str
    description: str


class EvidenceList(msgspec.Struct, frozen=True, tag="evidence", tag_field="block"):
    """The raw lines of the named evidence, in this order; on paper too."""

    caption: str
    ids: tuple[str, ...]


class Signature(msgspec.Struct, frozen=True):
    """A person who signs or worked on the report."""

    name: str
    role: str
    authorises: bool


class Signatures(msgspec.Struct, frozen=True, tag="signatures", tag_field="block"):
    """Place, date and signature lines of those who authorise the report."""

    people: tuple[Signature, ...]


Block = Paragraph | Notice | Bullets | Facts | Table | Chart | EvidenceList | Signatures


class Section(msgspec.Struct, frozen=True):
    """A numbered part ("4", "4.1", "A"); `key` is unique and stable, for links and for renderers' choices."""

    key: str
    number: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    paper: str | None = None
    """What paper says in place of the blocks, which are too long for it; None: paper holds them."""


class RawLine(msgspec.Struct, frozen=True):
    """A line of an input. `text` is None when the logs were not at hand."""

    number: int
    label: str
    text: str | None


class Evidence(msgspec.Struct, frozen=True):
    """What one row of samples.csv is made of: its lines, and how the value follows from them."""

    id: str
    row: int
    title: str
    file: str
    facts: tuple[Fact, ...]
    lines: tuple[RawLine, ...]


class Party(msgspec.Struct, frozen=True):
    """A laboratory, customer or vendor: name, address lines, contacts."""

    name: str
    address: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


class Logo(msgspec.Struct, frozen=True):
    """The laboratory's logo; in JSON `data` is base64."""

    media_type: str
    data: bytes
    alternative: str


class Amendment(msgspec.Struct, frozen=True):
    """The report that this one replaces, and why."""

    amends: str
    reason: str


class DocumentInfo(msgspec.Struct, frozen=True):
    """A document that the report was made from; `id` is what figures refer to."""

    id: str
    path: str
    schema: str
    sha256: str


class ReportContent(msgspec.Struct, frozen=True):
    """A whole report. `issued` is ISO 8601 in UTC. `page_header`, `page_footer` stand on every page of paper.

    `head` are the facts of the first page, `notices` what stands before everything else (an amendment, parameters
    that were not measured). `end_mark` is the last line.
    """

    schema: str
    tool: ToolInfo
    language: str
    id: str
    title: str
    subtitle: str
    issued: str
    amendment: Amendment | None
    laboratory: Party | None
    customer: Party | None
    logo: Logo | None
    head: tuple[Fact, ...]
    notices: tuple[Notice, ...]
    sections: tuple[Section, ...]
    evidence: tuple[Evidence, ...]
    documents: tuple[DocumentInfo, ...]
    page_header: str
    page_footer: str
    end_mark: str


def json_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of the content."""
    schema = msgspec.json.schema(ReportContent)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, "title": SCHEMA, **schema}
