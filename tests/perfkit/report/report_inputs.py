"""What report tests are made of: inputs from documents written by hand, and a reader of the HTML page of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.network_record import NetworkDocument
from perfkit.core.sample import RowKind
from perfkit.report.inputs import Read, ReportInputs
from perfkit.report.result_json import result_json
from perfkit.report.sample_rows import SampleRecord

ISSUED = datetime(2026, 6, 12, 9, tzinfo=UTC)


def read_of(document: AnalysisDocument) -> Read[AnalysisDocument]:
    return Read("analysis", Path("result.json"), result_json(document).encode(), document)


def network_of(*documents: NetworkDocument) -> tuple[Read[NetworkDocument], ...]:
    return tuple(
        Read(f"network-{number}", Path(f"{number}.json"), result_json(document).encode(), document)
        for number, document in enumerate(documents, 1)
    )


def inputs_of(document: AnalysisDocument | None, **rest: Any) -> ReportInputs:
    return ReportInputs(issued=ISSUED, analysis=None if document is None else read_of(document), **rest)


def sample_of(number: int, value_s: float | None, **rest: Any) -> SampleRecord:
    values: dict[str, Any] = {
        "parameter": "response_timeout",
        "kind": RowKind.OBSERVATION,
        "combination": "Reset",
        "from_request_s": None,
        "first_s": None,
        "net_s": None,
        "in_headline": True,
        "reason": None,
        "flags": (),
        "phase": None,
        "station": None,
        "test_case": "TC_001_CS",
        "verdict": "PASS",
        "file": "a.log",
        "request_line": number,
        "from_line": number,
        "to_line": number + 1,
    }
    return SampleRecord(number=number, value_s=value_s, **(values | rest))


def samples_of(*rows: SampleRecord) -> Read[tuple[SampleRecord, ...]]:
    return Read("samples", Path("samples.csv"), repr(rows).encode(), rows)


@dataclass
class Quoted:
    """A `<data>` element: its value, the place that it names, and its text."""

    value: float
    document: str
    pointer: str
    text: str


@dataclass
class Page:
    """An HTML page as Python's own parser reads it."""

    quoted: list[Quoted] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.tags if attributes.get("id")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.page.tags.append((tag, attributes))
        if self._open and self._open[-1] == "wbr":
            self._open.pop()
        self._open.append(tag)
        if tag == "data":
            document, _, pointer = str(attributes["data-at"]).partition("#")
            self.page.quoted.append(Quoted(float(str(attributes["value"])), document, pointer, ""))
        elif tag == "script":
            self.page.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "script":
            self.page.scripts[-1] += data
        elif inside == "wbr":
            self.page.texts[-1] += data  # a place where a line may break is no gap
        elif inside != "style":
            self.page.texts.append(data)
        if inside == "data":
            self.page.quoted[-1].text += data


def read_page(html: bytes) -> Page:
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    return reader.page


def at(document: object, pointer: str) -> Any:
    """What an RFC 6901 pointer names in a parsed JSON document."""
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]  # type: ignore[index]
    return document


def parsed(document: AnalysisDocument) -> Any:
    return json.loads(result_json(document))
