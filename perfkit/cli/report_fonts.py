"""The laboratory's own fonts: found beside lab.yaml and tried before anything is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfkit.core.errors import UsageError

_SUFFIXES = (".ttf", ".otf", ".ttc")


def found_fonts(lab_file: Path, named: Sequence[str]) -> tuple[Path, ...]:
    """The font files that the laboratory file names, relative to it.

    Raises:
        UsageError: one is not there, or no font; or the extra `report` is not installed.
    """
    return tuple(_found(lab_file, lab_file.parent / name) for name in named)


def _found(lab_file: Path, path: Path) -> Path:
    from perfkit.report.charts.glyphs import is_font

    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{lab_file}: laboratory.fonts: {path} is no {', '.join(_SUFFIXES)}")
    if not path.is_file():
        raise UsageError(f"{lab_file}: laboratory.fonts: {path} is not there")
    try:
        usable = is_font(path)
    except ImportError:
        raise UsageError(
            f"{lab_file}: laboratory.fonts need the extra `plots`: pip install 'perfkit[report]'"
        ) from None
    if not usable:
        raise UsageError(f"{lab_file}: laboratory.fonts: {path} is not a font that can be read")
    return path
