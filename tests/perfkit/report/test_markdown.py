from __future__ import annotations

import re

import msgspec
import pytest

from perfkit.core.sample import Reason, RowKind
from perfkit.report.content.build import build_content
from perfkit.report.content.model import Table
from perfkit.report.inputs import ReportInputs
from perfkit.report.markdown import code, escaped, render
from tests.perfkit.report import network_documents
from tests.perfkit.report.documents import DOCUMENT, HOSTILE_DOCUMENT
from tests.perfkit.report.report_inputs import inputs_of, network_of, sample_of, samples_of

ROWS = (sample_of(7, 0.6123), sample_of(9, None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP, in_headline=False))
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def markdown(inputs: ReportInputs) -> str:
    return render(build_content(inputs), inputs).decode()


def read_back(text: str) -> str:
    """What CommonMark makes of escapes (2.4): a backslash before ASCII punctuation is taken away."""
    return _ESCAPE.sub(r"\1", text)


def cells(line: str) -> list[str]:
    """The cells of a row of GitHub's tables: pipes that are not escaped divide."""
    assert line.startswith("| ")
    assert line.endswith(" |")
    return [read_back(cell) for cell in re.split(r" (?<!\\)\| ", line[2:-2])]


def table_after(text: str, caption: str) -> list[list[str]]:
    lines = text[text.index(f"**{caption}**") :].splitlines()[2:]
    rows = lines[: lines.index("")]
    return [cells(row) for number, row in enumerate(rows) if number != 1]


def test_the_overview_says_what_the_document_says() -> None:
    heading, *rows = table_after(markdown(inputs_of(DOCUMENT)), "Performance parameters of Appendix A.4")

    assert heading[:3] == ["Parameter", "Stated by the vendor", "Measured"]
    assert rows[0] == ["Triggered function", "0.5 s", "0.7 s", "0.021", "26", "0.200", "0.300", "0.612", "above"]
    assert [row[2] for row in rows] == ["0.7 s", "> 35.000 s (no answer)", "-", "1.488 s", "not measured"]


def test_every_table_is_there_and_each_row_has_all_its_cells() -> None:
    inputs = inputs_of(DOCUMENT, samples=samples_of(*ROWS), network=network_of(network_documents.DOCUMENT))
    content = build_content(inputs)
    text = render(content, inputs).decode()
    tables = [
        block
        for top in content.sections
        for section in (top, *top.sections)
        for block in section.blocks
        if isinstance(block, Table)
    ]

    assert len(tables) > 15
    for table in tables:
        rows = table_after(text, escaped(table.caption))
        assert [len(row) for row in rows] == [len(table.columns)] * (len(table.rows) + 1), table.key
        assert rows[1:] == [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    "text",
    ["a|b", "*a* _b_ `c` [d](e) <i> &amp; ~~f~~ $g$ \\", "# h", "1. x", "1) x", "- x", "+ x", "=== x", "---", "> q",
     "http://example.org www.example.org a@b.c", "TC_001_CS", "<br>", "![x](y)"],
)  # fmt: skip
def test_texts_read_as_they_are(text: str) -> None:
    line = escaped(text)

    assert read_back(line) == text
    assert not re.search(r"(?<!\\)[*`|<>\[\]~$@]", line)
    assert not re.match(r"([#>=+-]|\d+[.)]\s)", line)
    assert "://" not in line
    assert "www." not in line


@pytest.mark.parametrize("text", ["plain", "a`b", "``", "`", "a``b`", " ", "<i>*x*|"])
def test_a_code_span_ends_where_it_should(text: str) -> None:
    span = code(text)
    fence = re.match(r"`+", span)

    assert fence is not None
    inside = span[len(fence[0]) : -len(fence[0])]
    assert span.endswith(fence[0])
    assert fence[0] not in re.findall(r"`+", inside)
    assert inside in {text, f" {text} "}


def test_hostile_texts_break_no_table() -> None:
    text = markdown(inputs_of(HOSTILE_DOCUMENT, network=network_of(network_documents.HOSTILE_DOCUMENT)))
    rows = [line for line in text.splitlines() if line.startswith("| ")]

    assert len(rows) > 50
    assert not [line for line in text.splitlines() if "<script" in line.lower()]
    assert all(cells(row) for row in rows)
    assert "\x1b" not in text


def test_the_end_is_marked_and_an_amendment_named() -> None:
    content = build_content(inputs_of(DOCUMENT))

    assert markdown(inputs_of(DOCUMENT)).endswith(f"End of report {content.id}\n")


def test_raw_lines_stand_as_code() -> None:
    text = markdown(inputs_of(DOCUMENT, samples=samples_of(*ROWS), raw_lines={"a.log": {7: "[2,`x`|<i>]"}}))

    assert "line 7, request: ``[2,`x`|<i>]``" in text
    assert "line 8, end: the log was not at hand" in text


def test_signatures_name_those_who_authorise() -> None:
    from perfkit.core.lab.load import load_lab

    lab = load_lab("laboratory: {people: [{name: A. Berg, role: head, authorises: yes}, {name: B}]}", "l")
    text = markdown(inputs_of(msgspec.structs.replace(DOCUMENT), lab=lab))

    assert [read_back(line) for line in text.splitlines() if line.startswith("\\_")] == ["________ A. Berg, head"]
