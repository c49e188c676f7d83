"""The report as Markdown (CommonMark with GitHub's tables), complete and valid whatever the texts hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from perfkit.report.content.model import (
    Block,
    Bullets,
    Cell,
    Chart,
    Evidence,
    EvidenceList,
    Fact,
    Facts,
    Notice,
    Paragraph,
    ReportContent,
    Section,
    Signatures,
    Table,
)
from perfkit.report.inputs import ReportInputs

# What CommonMark or GitHub may read as markup inside a line, with the pipe of tables; an underscore inside a word is
# none. A backslash before it keeps it text.
_INLINE = re.compile(r"[\\`*{}\[\]<>&|~$@]|(?<!\w)_|_(?!\w)")
# An address that GitHub would make a link of: `http://`, `www.`.
_LINK = re.compile(r"(?<=:)/(?=/)|(?<=www)\.", re.I)
# What only matters at the beginning of a line: headings, lists, rules, underlines of headings.
_AT_START = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[-+=#]))")


def render(content: ReportContent, inputs: ReportInputs) -> bytes:  # noqa: ARG001 - what every renderer takes
    """The report in UTF-8. A chart is there in words: the tables hold its figures."""
    evidence = {entry.id: entry for entry in content.evidence}
    lines = [*_first_page(content)]
    for section in content.sections:
        lines += _section(section, 2, evidence)
    lines += ["---", "", escaped(content.end_mark)]
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def escaped(text: str) -> str:
    r"""`text` as Markdown that reads as `text`.

    Examples:
        >>> escaped("a*b <i> |"), escaped("1. x"), escaped("- x")
        ('a\\*b \\<i\\> \\|', '1\\. x', '\\- x')
    """
    return _AT_START.sub(r"\g<0>\\", _within_line(text))


def _within_line(text: str) -> str:
    return _LINK.sub(r"\\\g<0>", _INLINE.sub(r"\\\g<0>", " ".join(text.split())))


def code(text: str) -> str:
    r"""`text` as a code span, with enough backticks that none in it can end it.

    Examples:
        >>> code("a"), code("a`b"), code("`")
        ('`a`', '``a`b``', '`` ` ``')
    """
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    needs_space = text.startswith("`") or text.endswith("`") or not text.strip()
    return f"{fence} {text} {fence}" if needs_space else f"{fence}{text}{fence}"


def _first_page(content: ReportContent) -> Iterator[str]:
    yield f"# {escaped(content.title)}"
    yield ""
    yield f"**{escaped(content.subtitle)}**"
    yield ""
    yield from _facts(content.head)
    for notice in content.notices:
        yield from _notice(notice)


def _section(section: Section, level: int, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    yield f"{'#' * level} {escaped(f'{section.number} {section.title}')}"
    yield ""
    for block in section.blocks:
        yield from _block(block, evidence)
    for inner in section.sections:
        yield from _section(inner, min(level + 1, 6), evidence)


def _block(block: Block, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    match block:
        case Paragraph():
            yield from (escaped(block.text), "")
        case Notice():
            yield from _notice(block)
        case Bullets():
            yield from (*(f"- {escaped(item)}" for item in block.items), "")
        case Facts():
            yield from _caption(block.caption)
            yield from _facts(block.items)
        case Table():
            yield from _table(block)
        case Chart():
            yield from (f"*Figure: {escaped(block.caption)}* {escaped(block.description)}", "")
        case _:
            yield from _end_matter(block, evidence)


def _end_matter(block: EvidenceList | Signatures, evidence: Mapping[str, Evidence]) -> Iterator[str]:
    if isinstance(block, EvidenceList):
        yield from _caption(block.caption)
        for name in block.ids:
            yield from _evidence(evidence[name])
        return
    for person in block.people:
        name = ", ".join(part for part in (person.name, person.role) if part)
        yield from (f"\\_\\_\\_\\_\\_\\_\\_\\_ {escaped(name)}", "")


def _caption(caption: str | None) -> Iterator[str]:
    if caption is not None:
        yield from (f"**{escaped(caption)}**", "")


def _notice(notice: Notice) -> Iterator[str]:
    yield f"> **{escaped(notice.title)}**"
    yield ">"
    yield from (f"> - {escaped(sentence)}" for sentence in notice.sentences)
    yield ""


def _facts(facts: tuple[Fact, ...]) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    for fact in facts:
        yield f"| {escaped(fact.label)} | {'<br>'.join(_cell(cell) for cell in fact.cells)} |"
    yield ""


def _table(table: Table) -> Iterator[str]:
    yield from _caption(table.caption)
    yield f"| {' | '.join(escaped(column.heading) for column in table.columns)} |"
    yield f"|{'|'.join('---:' if column.numeric else '---' for column in table.columns)}|"
    for row in table.rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    yield ""
    if table.note:
        yield from (escaped(table.note), "")


def _cell(cell: Cell) -> str:
    """The text of a cell, which never begins a line."""
    return _within_line(cell.text)


def _evidence(entry: Evidence) -> Iterator[str]:
    yield f"- {escaped(entry.title)}"
    for fact in entry.facts:
        yield f"  - {escaped(fact.label)}: {', '.join(_cell(cell) for cell in fact.cells)}"
    yield f"  - {code(entry.file)}"
    for line in entry.lines:
        text = "the log was not at hand" if line.text is None else code(line.text)
        yield f"  - line {line.number}, {escaped(line.label)}: {text}"
    yield ""
