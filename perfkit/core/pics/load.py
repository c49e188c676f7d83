"""From the text of a PICS file to `Pics`, or to everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from perfkit.core.errors import PicsError
from perfkit.core.pics.contradictions import CONTRADICTIONS
from perfkit.core.pics.form import Form, form_content, form_decoded, form_text, form_values
from perfkit.core.pics.form_words import FormWords
from perfkit.core.pics.model import Pics
from perfkit.core.pics.table import EXCLUSIONS, SECTIONS, TOP_LEVEL

WORDS = FormWords("a PICS file", "`perfkit pics new`", "`dut:`, `performance:`", PicsError)
FORM = Form(WORDS, TOP_LEVEL, SECTIONS, EXCLUSIONS, CONTRADICTIONS)


def read_pics(path: Path | str) -> Pics:
    """The PICS in a file; raises PicsError as `load_pics` does, and when the file cannot be read or is not UTF-8."""
    return load_pics(form_text(path, WORDS), str(path))


def read_pics_and_digest(path: Path | str) -> tuple[Pics, str]:
    """As `read_pics`, with the SHA-256 of the file, which is read once: it may be a pipe."""
    content = form_content(path, WORDS)
    return load_pics(form_decoded(content, str(path), WORDS), str(path)), hashlib.sha256(content).hexdigest()


def load_pics(text: str, name: str) -> Pics:
    """The PICS that `text` states; `name` stands for the file in findings and in `Pics.source`.

    Raises:
        PicsError: anything wrong with the text; the findings are in the order of their places, and complete but for
            what a syntax error hides and for a great many.
    """
    return msgspec.convert({**form_values(text, name, FORM), "source": name}, Pics)
