"""Text that can be set with the fonts at hand: what they lack is written as its code point, never dropped.

Charts and PDF use DejaVu Sans, which matplotlib brings along: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic,
Hebrew and many symbols, but no Chinese, Japanese, Korean, Thai or Indian scripts. A laboratory that needs these lends
fonts of its own (`laboratory.fonts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from perfkit.report.printable import printable

_lent: ContextVar[tuple[Path, ...]] = ContextVar("lent fonts", default=())


@contextmanager
def lent_fonts(files: tuple[Path, ...]) -> Iterator[None]:
    """The characters of these font files can be set, too, while the context lasts."""
    token = _lent.set(files)
    try:
        yield
    finally:
        _lent.reset(token)


def font_folder() -> Path:
    """Where matplotlib keeps its fonts."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def font_families() -> list[str]:
    """Names of the fonts at hand as matplotlib knows them, the house font first."""
    return ["DejaVu Sans", *(_family(file) for file in _lent.get())]


def is_font(file: Path) -> bool:
    """Whether the file is a font that can be lent."""
    try:
        return bool(_characters(file))
    except (OSError, RuntimeError):
        return False


@cache
def _family(file: Path) -> str:
    from matplotlib.font_manager import fontManager, get_font

    fontManager.addfont(file)
    return str(get_font(file).family_name)


@cache
def _characters(file: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(file)).get_charmap())


def _is_covered(character: str) -> bool:
    files = (font_folder() / "DejaVuSans.ttf", *_lent.get())
    return any(ord(character) in _characters(file) for file in files)


def settable(text: str) -> str:
    r"""`text` in one line with control characters as escapes and characters without a glyph as `[U+XXXX]`.

    Examples:
        >>> settable("Зарядка"), settable("充電 1"), settable("a\x00b")
        ('Зарядка', '[U+5145][U+96FB] 1', 'a\\x00b')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if _is_covered(character) else f"[U+{ord(character):04X}]" for character in printable(text)
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
