"""The report as PDF/A-3a and PDF/UA-1 with the result documents and the executed notebook inside.

The typst template reads prepared data from files in a folder of its own; nothing of the machine (paths, fonts, clock,
host) is in the output, so the same content gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from perfkit.core.errors import PerfkitError, UsageError
from perfkit.report.charts.drawn import drawn_charts
from perfkit.report.charts.glyphs import font_folder, lent_fonts
from perfkit.report.content.model import Logo, ReportContent
from perfkit.report.inputs import Attachment, ReportInputs
from perfkit.report.pdf.prepared import Beside, prepared

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: tuple[PDFStandard, ...] = ("a-3a", "ua-1")
"""What the file is produced as; typst refuses content that these standards forbid."""

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/svg+xml": ".svg"}


def render(content: ReportContent, inputs: ReportInputs) -> bytes:
    """The PDF; the same arguments give the same bytes.

    Raises:
        UsageError: typst or matplotlib is not installed, or a font of the laboratory cannot be used.
    """
    try:
        import typst
    except ImportError:
        raise UsageError("PDF needs the extra `report`: pip install 'perfkit[report]'") from None
    charts = drawn_charts(content, inputs)
    with TemporaryDirectory(prefix="perfkit-report-") as name:
        folder = Path(name)
        with lent_fonts(inputs.fonts):
            _write(folder, content, charts, inputs.attachments)
        lent = _lent(folder, inputs.fonts)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[font_folder(), lent])
        try:
            data = typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=fonts,
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=int(inputs.issued.timestamp()),
            )
        except typst.TypstError as error:
            raise PerfkitError(f"the PDF cannot be set: {error.message}; this is a defect of perfkit") from None
    return data


def _write(folder: Path, content: ReportContent, charts: dict[str, str], attachments: Iterable[Attachment]) -> None:
    """Everything that the template reads."""
    template = resources.files("perfkit.report.pdf") / "template"
    for source in template.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    for subfolder in ("charts", "attachments"):
        (folder / subfolder).mkdir()
    names = {key: f"charts/{number}.svg" for number, key in enumerate(charts)}
    for key, svg in charts.items():
        (folder / names[key]).write_text(svg, encoding="utf-8")
    attached = tuple(_attached(folder, attachments))
    beside = Beside(names, _logo(folder, content.logo), attached)
    (folder / "report.json").write_bytes(prepared(content, beside))


def _lent(folder: Path, fonts: Iterable[Path]) -> Path:
    """A folder with these fonts and no others, since typst takes folders; the template gets their families' names.

    Raises:
        UsageError: typst does not take one of them.
    """
    import typst

    place = folder / "fonts"
    place.mkdir()
    copies = {place / f"{number}{font.suffix.lower()}": font for number, font in enumerate(fonts, 1)}
    for copy, font in copies.items():
        copy.write_bytes(font.read_bytes())
    alone = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[place])
    usable = {Path(font.path) for font in alone.fonts() if font.path is not None}
    for copy, font in copies.items():
        if copy not in usable:
            raise UsageError(f"the font {font} cannot be used for PDF; name another one (laboratory.fonts)")
    (folder / "fonts.json").write_text(json.dumps(alone.families()), encoding="utf-8")
    return place


def _logo(folder: Path, logo: Logo | None) -> str | None:
    if logo is None:
        return None
    name = f"logo{_SUFFIXES[logo.media_type]}"
    (folder / name).write_bytes(logo.data)
    return name


def _attached(folder: Path, attachments: Iterable[Attachment]) -> Iterator[tuple[Attachment, str, str]]:
    """Each attachment with the name that it gets in the PDF (none twice) and the file that holds it."""
    taken: set[str] = set()
    for number, attachment in enumerate(attachments, 1):
        name = attachment.name if attachment.name not in taken else f"{number}-{attachment.name}"
        taken.add(name)
        path = f"attachments/{number}"
        (folder / path).write_bytes(attachment.content)
        yield attachment, name, path
