"""Text that can be set with the fonts at hand: what they lack is written as its code point, never dropped.

Charts and PDF use DejaVu Sans, which matplotlib brings along: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic,
Hebrew and many symbols, but no Chinese, Japanese, Korean, Thai or Indian scripts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from perfkit.report.printable import printable


def font_folder() -> Path:
    """Where matplotlib keeps its fonts."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def _covered() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(font_folder() / "DejaVuSans.ttf")).get_charmap())


def settable(text: str) -> str:
    r"""`text` in one line with control characters as escapes and characters without a glyph as `[U+XXXX]`.

    Examples:
        >>> settable("Зарядка"), settable("充電 1"), settable("a\x00b")
        ('Зарядка', '[U+5145][U+96FB] 1', 'a\\x00b')
    """
    if text.isascii() and text.isprintable():
        return text
    covered = _covered()
    return "".join(
        character if ord(character) in covered else f"[U+{ord(character):04X}]" for character in printable(text)
    )


def shortened(text: str, most: int) -> str:
    """`settable` text of at most about `most` characters, its middle left out as an ellipsis.

    Examples:
        >>> shortened("ReserveNow/StatusNotification", 16)
        'ReserveN…ication'
    """
    text = settable(text)
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    return f"{text[: most - 1 - half]}…{text[-half:]}"
