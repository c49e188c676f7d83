"""What a reader of the PDF finds in it; pypdf reads it independently of typst."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pypdf
import pytest

from perfkit.core.lab.model import Lab
from perfkit.core.sample import RowKind
from perfkit.report.content.build import build_content
from perfkit.report.content.model import Cell, Facts, ReportContent, Section, Table
from perfkit.report.inputs import Attachment, ReportInputs, SequenceMessage
from perfkit.report.pdf.document import render
from tests.perfkit.report.documents import DOCUMENT, RUN
from tests.perfkit.report.network_documents import DOCUMENT as NETWORK
from tests.perfkit.report.report_inputs import inputs_of, network_of, sample_of, samples_of

MONITOR = Path(__file__).parents[4] / "sample_logs" / "network" / "monitor.jsonl"
HOSTILE = '#panic() $x^2$ [a] *b* _c_ @ref <d> `e` \\ // /* "f" #let g = 1 \x1b[31m 充電 Зарядка ≤ =1+1'
SHOWN = '#panic() $x^2$ [a] *b* _c_ @ref <d> `e` \\ // /* "f" #let g = 1 \\x1b[31m [U+5145][U+96FB] Зарядка ≤ =1+1'

ATTACHMENTS = (
    Attachment("result.json", "application/json", b'{"a": "\xc3\xbc"}\n', "document analysis", "source"),
    Attachment("notebook.ipynb", "application/x-ipynb+json", bytes(range(256)), "executed notebook", "supplement"),
    Attachment("result.json", "application/json", b"another", "document of the same name", "source"),
)


def campaign() -> ReportInputs:
    """Every outcome: measured, a lower bound, one observation, not measured, not applicable; with the link."""
    keys = ("triggered_function_timeout", "remote_start_authorization_time")
    rows = [sample_of(n, 0.1 * n, parameter=key, time=RUN.start) for key in keys for n in range(1, 4)]
    rows.append(sample_of(8, 35.0, parameter="response_timeout", kind=RowKind.CENSORED))
    messages = (SequenceMessage(3, 1, False, "CALL", "Reset", "1"), SequenceMessage(5, 9, True, "CALL", "Reset", "2"))
    inputs = inputs_of(
        DOCUMENT,
        network=network_of(NETWORK),
        samples=samples_of(*rows),
        monitor=(MONITOR,),
        raw_lines={"a.log": {3: "[3] request", 4: "[4] answer", 5: "[5] end"}},
        sequences={7: messages},
    )
    return replace(inputs, attachments=ATTACHMENTS)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def joined(text: str) -> str:
    """Without white space: where lines are broken is a matter of layout."""
    return re.sub(r"\s+", "", text)


def pages_of(data: bytes) -> list[str]:
    return [page.extract_text() for page in read(data).pages]


def text_of(pages: list[str]) -> str:
    """The text of all pages without what stands on each of them."""
    return joined("".join("\n".join(page.split("\n")[1:-1]) for page in pages))


def cells(sections: tuple[Section, ...]) -> Iterator[Cell]:
    for section in sections:
        if section.paper is None:
            for block in section.blocks:
                if isinstance(block, Table):
                    yield from (cell for row in block.rows for cell in row)
                elif isinstance(block, Facts):
                    yield from (cell for item in block.items for cell in item.cells)
            yield from cells(section.sections)


@pytest.fixture(scope="module")
def made() -> tuple[ReportContent, ReportInputs, bytes]:
    inputs = campaign()
    content = build_content(inputs)
    return content, inputs, render(content, inputs)


@pytest.fixture(scope="module")
def pdf(made: tuple[ReportContent, ReportInputs, bytes]) -> pypdf.PdfReader:
    return read(made[2])


@pytest.fixture(scope="module")
def pages(made: tuple[ReportContent, ReportInputs, bytes]) -> list[str]:
    return pages_of(made[2])


def test_the_figures_are_those_of_the_result_documents(
    made: tuple[ReportContent, ReportInputs, bytes], pages: list[str]
) -> None:
    content, inputs, _ = made
    documents = {"analysis": inputs.analysis, **{entry.id: entry for entry in inputs.network}}
    quoted = [cell for cell in cells(content.sections) if cell.figure is not None]
    text = text_of(pages)

    assert len(quoted) > 60
    for cell in quoted:
        assert cell.figure is not None
        assert joined(cell.text) in text
        source = documents.get(cell.figure.document)
        if source is not None:
            assert at(json.loads(source.content), cell.figure.pointer) == cell.figure.value


def at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def test_every_text_of_the_tables_is_there(made: tuple[ReportContent, ReportInputs, bytes], pages: list[str]) -> None:
    text = text_of(pages)

    assert [cell.text for cell in cells(made[0].sections) if joined(cell.text) not in text] == []


def test_the_same_content_gives_the_same_bytes(made: tuple[ReportContent, ReportInputs, bytes]) -> None:
    content, inputs, data = made

    assert render(content, inputs) == data


def test_another_time_of_issue_gives_other_bytes_with_that_time(
    made: tuple[ReportContent, ReportInputs, bytes],
) -> None:
    inputs = replace(made[1], issued=made[1].issued + timedelta(days=1), monitor=(), sequences={}, samples=None)

    information = read(render(build_content(inputs), inputs)).metadata

    assert information is not None
    assert information.creation_date == datetime(2026, 6, 13, 9, tzinfo=UTC)


def test_attachments_are_embedded_byte_for_byte(pdf: pypdf.PdfReader) -> None:
    embedded = {name: contents[0] for name, contents in pdf.attachments.items()}

    assert embedded == {
        "result.json": ATTACHMENTS[0].content,
        "notebook.ipynb": ATTACHMENTS[1].content,
        "3-result.json": ATTACHMENTS[2].content,
    }


def test_attachments_say_what_they_are(pdf: pypdf.PdfReader) -> None:
    files = [entry.get_object() for entry in pdf.trailer["/Root"]["/AF"]]  # type: ignore[index]

    kinds = {
        entry["/UF"]: (entry["/AFRelationship"], entry["/Desc"], entry["/EF"]["/F"]["/Subtype"]) for entry in files
    }
    assert kinds["result.json"] == ("/Source", "document analysis", "/application/json")
    assert kinds["notebook.ipynb"] == ("/Supplement", "executed notebook", "/application/x-ipynb+json")


def test_every_page_has_the_report_id_and_its_number_and_the_end_is_marked(
    made: tuple[ReportContent, ReportInputs, bytes], pages: list[str]
) -> None:
    content = made[0]

    for number, page in enumerate(pages, 1):
        assert content.id in page.split("\n")[0]
        assert f"Page {number} of {len(pages)}" in page
    assert content.end_mark in pages[-1]
    assert sum(content.end_mark in page for page in pages) == 1


def test_it_claims_pdf_a_3a_and_pdf_ua_1(pdf: pypdf.PdfReader) -> None:
    """Claims, not a validation: docs/charts-and-pdf.md says what was checked."""
    root: Any = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()

    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert not any("/JavaScript" in str(key) for key in root)


def test_only_embedded_fonts_are_used(pdf: pypdf.PdfReader) -> None:
    fonts = {}
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            name, (descendant,) = font.get_object()["/BaseFont"], font.get_object()["/DescendantFonts"]
            fonts[name.split("+")[1]] = descendant.get_object()["/FontDescriptor"].get_object()

    assert {name.split("-")[0] for name in fonts} <= {"LibertinusSerif", "DejaVuSans", "DejaVuSansMono"}
    assert all("/FontFile3" in descriptor or "/FontFile2" in descriptor for descriptor in fonts.values())


def test_every_figure_has_its_alternative_text(
    made: tuple[ReportContent, ReportInputs, bytes], pdf: pypdf.PdfReader
) -> None:
    alternatives = set(_alternatives(pdf.trailer["/Root"]["/StructTreeRoot"]))  # type: ignore[index]
    described = [block.description for block in _charts(made[0].sections)]

    assert len(described) >= 7
    assert [text for text in described if text not in alternatives] == []


def _charts(sections: tuple[Section, ...]) -> Iterator[Any]:
    for section in sections:
        yield from (block for block in section.blocks if hasattr(block, "description"))
        yield from _charts(section.sections)


def _alternatives(node: Any) -> Iterator[str]:
    node = node.get_object()
    if isinstance(node, list):
        for entry in node:
            yield from _alternatives(entry)
    elif isinstance(node, dict):
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from _alternatives(node["/K"])


def test_a_table_longer_than_a_page_goes_on_with_its_header() -> None:
    runs = [msgspec.structs.replace(RUN, test_case=f"TC_{number:03}_CS", title=None) for number in range(120)]
    inputs = inputs_of(msgspec.structs.replace(DOCUMENT, runs=runs))

    pages = pages_of(render(build_content(inputs), inputs))

    holding = [page for page in pages if re.search(r"TC_\d{3}_CS", page) and "Verdict Start Messages" in page]
    assert len(holding) >= 3
    shown = set(re.findall(r"TC_\d{3}_CS", "".join(holding)))
    assert {f"TC_{number:03}_CS" for number in range(120)} <= shown


def test_hostile_and_foreign_text_stays_text() -> None:
    lab = Lab()
    laboratory = msgspec.structs.replace(lab.laboratory, name=HOSTILE, address=[HOSTILE])
    dut = msgspec.structs.replace(DOCUMENT.dut, vendor=HOSTILE, model=HOSTILE)
    run = msgspec.structs.replace(RUN, test_case=HOSTILE, title=HOSTILE, file=HOSTILE)
    document = msgspec.structs.replace(DOCUMENT, dut=dut, runs=[run], warnings=[HOSTILE])
    inputs = inputs_of(document, lab=msgspec.structs.replace(lab, laboratory=laboratory))

    reader = read(render(build_content(inputs), inputs))

    assert text_of([page.extract_text() for page in reader.pages]).count(joined(SHOWN)) >= 5
    assert reader.metadata is not None
    assert SHOWN in str(reader.metadata.author)


def test_a_report_of_the_network_alone() -> None:
    inputs = inputs_of(None, network=network_of(NETWORK))
    content = build_content(inputs)

    pages = pages_of(render(content, inputs))

    assert joined(content.title) in text_of(pages)
    assert content.end_mark in pages[-1]
