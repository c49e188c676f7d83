from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from perfkit.report.content.build import build_content
from perfkit.report.content.model import (
    Cell,
    Column,
    Evidence,
    EvidenceList,
    Paragraph,
    ReportContent,
    Section,
    Table,
    Tone,
)
from perfkit.report.inputs import Attachment
from perfkit.report.pdf.prepared import BREAK, Beside, Width, breakable, column_widths, prepared
from tests.perfkit.report.documents import DOCUMENT, HOSTILE
from tests.perfkit.report.report_inputs import inputs_of

CONTENT = build_content(inputs_of(DOCUMENT))


def content_of(*sections: Section, **rest: Any) -> ReportContent:
    return msgspec.structs.replace(CONTENT, sections=sections, **rest)


def data_of(*sections: Section, beside: Beside | None = None, **rest: Any) -> Any:
    return json.loads(prepared(content_of(*sections, **rest), beside or Beside()))


def table_of(*rows: tuple[str, ...], headings: tuple[str, ...]) -> Table:
    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    return Table("t", "Caption", tuple(Column(heading) for heading in headings), cells)


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for entry in value.values() for text in texts(entry)]
    if isinstance(value, list):
        return [text for entry in value for text in texts(entry)]
    return [value] if isinstance(value, str) else []


def test_every_text_can_be_set() -> None:
    data = data_of(Section("s", "1", HOSTILE, (Paragraph(HOSTILE), Paragraph("充電"))), title=HOSTILE)

    everything = "".join(texts(data))
    assert everything.replace("\n", "").replace(BREAK, "").isprintable()
    assert "\\x1b[31m[bold red]=cmd" in everything.replace(BREAK, "")
    assert "[U+5145][U+96FB]" in everything.replace(BREAK, "")


def test_lines_of_a_paragraph_stay_lines() -> None:
    assert data_of(Section("s", "1", "T", (Paragraph("one\ntwo"),)))["content"]["sections"][0]["blocks"][0]["text"] == (
        "one\ntwo"
    )


def test_names_are_not_changed() -> None:
    key = "parameter-remote_start_authorization_time"

    assert data_of(Section(key, "1", "T"))["content"]["sections"][0]["key"] == key


def test_what_is_not_for_paper_is_left_out_and_so_are_links_to_it() -> None:
    evidence = tuple(Evidence(f"row-{number}", number, "Row", "a.log", (), ()) for number in (1, 2))
    linked = Table("t", "C", (Column("n"),), ((Cell("1", evidence="row-1"),), (Cell("2", evidence="row-2"),)))
    shown = Section("a", "1", "Here", (linked, EvidenceList("Lines", ("row-1",))))
    hidden = Section("b", "2", "Elsewhere", (EvidenceList("Lines", ("row-2",)),), paper="In the HTML version.")

    first, second = data_of(shown, hidden, evidence=evidence)["content"]["sections"]

    assert [row[0]["evidence"] for row in first["blocks"][0]["rows"]] == ["row-1", None]
    assert [entry["id"] for entry in first["blocks"][1]["entries"]] == ["row-1"]
    assert (second["blocks"], second["paper"]) == ([], "In the HTML version.")


def test_attachments_keep_their_names() -> None:
    attachment = Attachment("Ergebnis ü.json", "application/json", b"{}", "the result", "source")

    (entry,) = data_of(beside=Beside(attachments=((attachment, attachment.name, "attachments/1"),)))["attachments"]

    assert (entry["name"], entry["path"]) == ("Ergebnis ü.json", "attachments/1")


def test_short_columns_get_room_and_long_ones_share_the_rest() -> None:
    table = table_of(("NOOP", "x" * 40, "y" * 80), headings=("Reason", "Text", "More"))

    assert column_widths(table) == [Width(6.3, 0), Width(40, 40.0), Width(80, 80.0)]


def test_a_heading_of_many_words_is_not_one_word_wide() -> None:
    table = table_of(("-", "x" * 50), headings=("Seen in the logs", "T"))

    assert column_widths(table)[0].letters == 8.0


def test_columns_without_long_texts_share_the_width() -> None:
    assert [width.letters for width in column_widths(table_of(("a", "b"), headings=("A", "B")))] == [0, 0]


def test_many_short_columns_leave_room_for_the_long_one() -> None:
    table = table_of((*["m" * 20] * 6, "x" * 60), headings=tuple("abcdefg"))

    widths = column_widths(table)

    assert sum(width.letters + 2 for width in widths if not width.share) <= 85
    assert widths[-1].share > 0


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("short_words-stay", ["short_", "words-", "stay"]),
        ("TC_001_CS", ["TC_001_CS"]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ('{"idTag":"A","meterStart":0}', ['{"id', 'Tag":"A","meter', 'Start":', "0}"]),
    ],
)
def test_long_words_may_break(text: str, pieces: list[str]) -> None:
    assert breakable(text).split(BREAK) == pieces


def test_tones_are_those_that_the_template_knows() -> None:
    from importlib import resources

    style = (resources.files("perfkit.report.pdf") / "template" / "style.typ").read_text(encoding="utf-8")

    assert all(f"\n  {tone.value}: (ink:" in style for tone in Tone)
