"""From the text of a laboratory file to `Lab`, or to everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

import msgspec

from perfkit.core.lab.model import Lab
from perfkit.core.lab.table import FORM, WORDS
from perfkit.core.pics.form import form_text, form_values


def read_lab(path: Path | str) -> Lab:
    """The laboratory in a file; raises LabError as `load_lab` does, and when the file cannot be read."""
    return load_lab(form_text(path, WORDS), str(path))


def load_lab(text: str, name: str) -> Lab:
    """The laboratory that `text` describes; `name` stands for the file in findings and in `Lab.source`.

    Raises:
        LabError: anything wrong with the text; the findings are in the order of their places.
    """
    return msgspec.convert({**form_values(text, name, FORM), "source": name}, Lab)
