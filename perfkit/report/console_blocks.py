"""The few shapes that the console report is made of. Every text is escaped here: nothing of it is markup."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from perfkit.report.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

INDENT_COLUMNS = 2


def text(content: str, style: str = "") -> Text:
    """One paragraph; long words are broken rather than cut off."""
    from rich.text import Text

    return Text(printable(content), style=style, overflow="fold")


def heading(content: str) -> RenderableType:
    """A heading with an empty line before it."""
    from rich.console import Group

    return Group("", text(content, "bold"))


def indented(block: RenderableType) -> Padding:
    """The block, moved to the right."""
    from rich.padding import Padding

    return Padding(block, (0, 0, 0, INDENT_COLUMNS), expand=False)


def plain_table(*titles: str) -> Table:
    """A table without lines; a title that begins with ">" has its column on the right and never wrapped."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="underline", collapse_padding=True)
    for title in titles:
        is_number = title.startswith(">")
        table.add_column(
            title.removeprefix(">"),
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
        )
    return table


def facts(pairs: Iterable[tuple[str, str]]) -> RenderableType:
    """Labels and sentences in two columns."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for label, sentence in pairs:
        table.add_row(text(label, "dim"), text(sentence))
    return indented(table)


def bullets(sentences: Iterable[str]) -> RenderableType:
    """One paragraph per sentence, marked."""
    return facts(("*", sentence) for sentence in sentences)
