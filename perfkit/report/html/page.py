"""The report as one HTML file: nothing is loaded from elsewhere, and everything can be read without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from perfkit.core.errors import UsageError
from perfkit.report.charts.drawn import drawn_charts
from perfkit.report.content.model import Logo, ReportContent, Table
from perfkit.report.inputs import ReportInputs

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

STACKED_ROWS = 30
"""Up to so many rows a table is laid out as one card per row on a phone; a longer one is scrolled sideways."""
SEARCHED_ROWS = 30
"""From so many rows on a table can be filtered."""


LONG_WORD = 16
# Up to and with a punctuation mark, up to a capital letter after a small one, else sixteen letters.
_BREAK = re.compile(r".{1,16}?(?:[/_.:,;=&?!-]+|(?<=[a-z])(?=[A-Z])|$)|.{1,16}", re.S)


class Source(NamedTuple):
    """A text for the page's policy: the text and the digest that allows it."""

    text: str
    digest: str


def render(content: ReportContent, inputs: ReportInputs) -> bytes:
    """The page in UTF-8; the same arguments give the same bytes.

    Raises:
        UsageError: Jinja2 or matplotlib is not installed.
    """
    environment = _environment()
    text = environment.get_template("page.html.j2").render(
        content=content,
        style=_style(content),
        script=_source("page.js"),
        charts=drawn_charts(content, inputs),
        evidence={entry.id: entry for entry in content.evidence},
        logo=_data_uri(content.logo) if content.logo is not None else None,
        stacked=_is_stacked,
        searched=lambda table: len(table.rows) > SEARCHED_ROWS,
        kind=lambda block: type(block).__struct_config__.tag,
    )
    return text.encode("utf-8", "backslashreplace")


def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise UsageError("HTML needs the extra `report`: pip install 'perfkit[report]'") from None
    environment = Environment(
        loader=PackageLoader("perfkit.report.html", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["breakable"] = breakable
    return environment


@lru_cache(maxsize=10_000)
def breakable(text: str) -> Markup:
    """`text` escaped, with places in long words where a line may break: file names, actions, digests."""
    from markupsafe import Markup, escape

    words = [word if len(word) <= LONG_WORD else "\0".join(_BREAK.findall(word)) for word in text.split(" ")]
    return Markup(str(escape(" ".join(words))).replace("\0", "<wbr>"))  # noqa: S704 - escaped before


def _is_stacked(table: Table) -> bool:
    return len(table.columns) > 2 and len(table.rows) <= STACKED_ROWS


def _source(name: str) -> Source:
    text = resources.files("perfkit.report.html").joinpath(name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Source(text, f"sha256-{digest}")


def _style(content: ReportContent) -> str:
    """The style sheet, with what stands on every page of paper."""
    text = _source("page.css").text
    return text.replace("PAGE_HEADER", _css_text(content.page_header)).replace(
        "PAGE_FOOTER", _css_text(content.page_footer)
    )


def _css_text(text: str) -> str:
    r"""`text` as a string of a style sheet; all but plain characters are escaped, so that it cannot end it.

    Examples:
        >>> _css_text('PK-1 "</style>')
        '"PK-1 \\22 \\3c \\2f style\\3e "'
    """
    plain = (c if c.isascii() and (c.isalnum() or c in " .,-") else rf"\{ord(c):x} " for c in text)
    return f'"{"".join(plain)}"'


def _data_uri(logo: Logo) -> str:
    return f"data:{logo.media_type};base64,{base64.b64encode(logo.data).decode()}"
