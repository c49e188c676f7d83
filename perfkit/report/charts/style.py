"""How charts look: colours that colour-blind readers tell apart, shapes and line styles that need no colour.

Colours: Okabe and Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal
from xml.etree import ElementTree

from perfkit.core.errors import UsageError
from perfkit.report.charts.glyphs import font_families

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLACK = "#000000"
BLUE = "#0072B2"
SKY = "#56B4E9"
ORANGE = "#E69F00"
VERMILION = "#D55E00"
GREEN = "#009E73"
GREY = "#6B6B6B"
PALE = "#E4E4E4"

WIDTH_INCH = 7.0

_SALT = "perfkit"
_SETTINGS = {
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": BLACK,
    "ytick.labelcolor": BLACK,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "text.parse_math": False,  # a $ in a name is a $
    "text.hinting": "none",  # widths as in the SVG, where glyphs are not hinted
    "figure.facecolor": "white",
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": _SALT,
}


@contextmanager
def house_style() -> Iterator[None]:
    """The settings for drawing and for writing; those of the user's own notebook are back afterwards.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise UsageError("charts need the extra `plots`: pip install 'perfkit[report]'") from None
    with matplotlib.rc_context(), _one_weight_is_enough():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS | {"font.family": font_families()})  # type: ignore[arg-type]
        yield


@contextmanager
def _one_weight_is_enough() -> Iterator[None]:
    """Without matplotlib's warnings that a font of the laboratory's has no bold."""
    logger = logging.getLogger("matplotlib.font_manager")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def new_figure(height_inch: float, *, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """An empty figure of the width of a text column; to be called in `house_style`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_INCH, height_inch), layout=layout)


def seconds_axis(axes: Axes, which: str = "x") -> None:
    """Plain numbers on an axis of seconds, also on a logarithmic one."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def to_svg(figure: Figure, key: str) -> str:
    """The figure as an `<svg>` element, without XML declaration, metadata and outside references.

    Ids begin with `key`, so that several charts can stand in one page. The same figure gives the same text.
    """
    stream = io.BytesIO()
    with house_style():
        _settle(figure)
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = ElementTree.fromstring(stream.getvalue())  # noqa: S314 - matplotlib wrote it just now
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    prefix = re.sub(r"[^A-Za-z0-9_-]", "_", key)
    for element in root.iter():
        _prefix_ids(element, prefix)
    return ElementTree.tostring(root, encoding="unicode")


def _settle(figure: Figure) -> None:
    """Keep the layout, rounded: the last digits of the solver (kiwi) depend on where things lie in memory."""
    if figure.get_layout_engine() is None:
        return
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position([round(part, 4) for part in axes.get_position().bounds])  # type: ignore[arg-type]


def _prefix_ids(element: ElementTree.Element, prefix: str) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            element.set(name, f"{prefix}-{value}")
        elif name == f"{{{_XLINK}}}href" and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
