"""The laboratory's logo: read beside lab.yaml and checked, because it becomes part of every report."""

from __future__ import annotations

import re
from pathlib import Path

from perfkit.core.errors import UsageError
from perfkit.report.content.model import Logo

MAX_BYTES = 500_000
_HEADS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_SUFFIXES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
# What would run or load something: an image in a page may not, but a report goes through many hands.
_ACTIVE_SVG = re.compile(
    rb"<script|<foreignObject|\son[a-z]+\s*=|(?:href|src)\s*=\s*[\"']\s*(?!#|data:image/)|@import", re.I
)


def read_logo(lab_file: Path, named: str, laboratory: str | None) -> Logo:
    """The image that the laboratory file names, relative to it.

    Raises:
        UsageError: it cannot be read, is oversized, no image of its suffix, or an SVG with scripts or links.
    """
    path = lab_file.parent / named
    media_type = _SUFFIXES.get(path.suffix.lower())
    if media_type is None:
        raise UsageError(f"{lab_file}: laboratory.logo: {named} is no .svg, .png or .jpg")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{lab_file}: laboratory.logo: {path} cannot be read ({error.strerror or error})") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{lab_file}: laboratory.logo: {path} has more than {MAX_BYTES // 1000} kB")
    if not (data.startswith(_HEADS[media_type]) if media_type in _HEADS else b"<svg" in data[:4096]):
        raise UsageError(f"{lab_file}: laboratory.logo: {path} is not what its name says")
    if media_type == "image/svg+xml" and _ACTIVE_SVG.search(data):
        raise UsageError(f"{lab_file}: laboratory.logo: {path} holds a script or a link; save it as a plain drawing")
    return Logo(media_type, data, f"Logo of {laboratory}" if laboratory else "Logo of the laboratory")
