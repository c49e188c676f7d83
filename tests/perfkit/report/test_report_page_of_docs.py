"""docs/report.md names every key of the laboratory file and every format, and its example is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfkit.core.lab.load import load_lab
from perfkit.core.lab.table import FORM
from perfkit.report.formats import FORMAT_NAMES

PAGE = (Path(__file__).parents[3] / "docs" / "report.md").read_text(encoding="utf-8")
KEYS = [f"{section}.{key}" if section else key for section, key in FORM.fields]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_described(key: str) -> None:
    section, _, name = key.rpartition(".")

    assert f"`{key}`" in PAGE or (f"`{section}." in PAGE and f"`.{name}`" in PAGE) or key == "schema"


def test_the_example_is_accepted() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)

    assert load_lab(example, "docs").laboratory.name == "Example Test Laboratory"


def test_every_format_is_named() -> None:
    assert all(f"`{name}`" in PAGE for name in FORMAT_NAMES)
