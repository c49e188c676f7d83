"""The table that a lab engineer reads."""

from __future__ import annotations

from perfkit.core.analysis_record import AnalysisDocument


def render(document: AnalysisDocument, *, width: int, colour: bool, full: bool) -> str:
    """The result as text."""
    return "".join(f"{p.name}: {p.headline or p.reason}\n" for p in document.parameters)
