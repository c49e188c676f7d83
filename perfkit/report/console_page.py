"""Blocks of the console report as one text."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType


def page(blocks: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """The blocks as text of at most `width` columns; without `colour` it holds no escape sequence."""
    from rich.console import Console

    target = io.StringIO()
    console = Console(
        file=target,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    for block in blocks:
        console.print(block)
    return "".join(f"{line.rstrip()}\n" for line in target.getvalue().splitlines())
