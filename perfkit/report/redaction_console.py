"""The account of `perfkit redact` as text; rich is imported when something is rendered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfkit.core.redaction_record import RedactionDocument
from perfkit.report.console_blocks import bullets, heading, indented, plain_table, text
from perfkit.report.console_page import page

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN_LEFT_OUT = 20


def render(document: RedactionDocument, *, width: int, colour: bool) -> str:
    """What was replaced and what was left out, in at most `width` columns."""
    return page(_blocks(document), width=width, colour=colour)


def _blocks(document: RedactionDocument) -> Iterable[RenderableType]:
    yield text(f"{document.target}: {document.files:,} files, {document.lines:,} lines", "bold")
    yield heading("Replaced")
    table = plain_table("", ">values", ">places")
    for one in document.replaced:
        table.add_row(one.kind, f"{one.values:,}", f"{one.places:,}")
    yield indented(table if document.replaced else text("nothing: no identity and no secret was found"))
    if document.left_out:
        yield heading("Left out")
        shown = document.left_out[:SHOWN_LEFT_OUT]
        yield bullets(f"{one.path}: {one.reason}" for one in shown)
        if len(document.left_out) > len(shown):
            yield indented(text(f"... and {len(document.left_out) - len(shown):,} more (--json lists them)", "dim"))
    yield ""
    yield text(
        f"Every file of the copy was searched for {document.searched:,} values of the original; none remains. "
        "What prose says in words of its own no rule can know: look through the copy before it is given away."
    )
