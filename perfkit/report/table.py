"""The formats of `perfkit report`. A renderer is a module with `render(content, inputs) -> bytes`; it is imported when
its format is asked for, and raises UsageError naming the extra when a library is missing."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Protocol, cast

from perfkit.report.content.model import ReportContent
from perfkit.report.inputs import ReportInputs


class Renderer(Protocol):
    """Lays out a report."""

    def __call__(self, content: ReportContent, inputs: ReportInputs) -> bytes:
        """The whole file; the same arguments give the same bytes.

        Raises:
            UsageError: a library is not installed; the sentence names the extra.
        """


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format: its suffix, the module that renders it, and the format whose output it embeds."""

    suffix: str
    module: str
    summary: str
    embeds: str | None = None


FORMATS: dict[str, ReportFormat] = {
    "html": ReportFormat(".html", "perfkit.report.html.page", "one self-contained page"),
    "md": ReportFormat(".md", "perfkit.report.markdown", "Markdown"),
    "ipynb": ReportFormat(".ipynb", "perfkit.report.notebook.executed", "the executed notebook"),
    "pdf": ReportFormat(".pdf", "perfkit.report.pdf.document", "PDF/A-3 with result and notebook inside", "ipynb"),
}
"""In the order in which they are written: what another embeds comes before it."""


def renderer(name: str) -> Renderer:
    """The renderer of a format in FORMATS."""
    return cast("Renderer", importlib.import_module(FORMATS[name].module).render)
