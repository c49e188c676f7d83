from __future__ import annotations

from xml.etree import ElementTree

import msgspec
from matplotlib.textpath import TextPath

from perfkit.core.analysis_record import Combination
from perfkit.report.charts.base import Absence, Drawing
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.per_action import prepare
from perfkit.report.charts.style import to_svg
from tests.perfkit.report.charts.test_ecdf import KEY, document_with
from tests.perfkit.report.documents import DOCUMENT, MEASURED, combination
from tests.perfkit.report.report_inputs import sample_of


def data_of(**values_s: list[float]) -> ChartData:
    """A campaign with one parameter whose combinations have these values; `apart_…` are outside the headline."""
    combinations: list[Combination] = []
    rows = []
    for name, values in values_s.items():
        in_headline = not name.startswith("apart_")
        middle = sorted(values)[len(values) // 2]
        combinations.append(combination(name, max(values), in_headline=in_headline, median_s=middle))
        rows += [sample_of(1, value, parameter=KEY, combination=name, in_headline=in_headline) for value in values]
    result = msgspec.structs.replace(MEASURED, combinations=combinations)
    return ChartData(document_with(result), tuple(rows))


def drawn(data: ChartData) -> Drawing:
    drawing = prepare(data, KEY)
    assert not isinstance(drawing, Absence)
    return drawing


def rows(drawing: Drawing) -> list[str]:
    return [label.get_text() for label in drawing.draw().axes[0].get_yticklabels()]


def test_each_combination_has_its_n_and_the_slowest_is_on_top() -> None:
    drawing = drawn(data_of(Fast=[0.1, 0.2], Slow=[0.9], apart_Other=[0.5]))

    assert rows(drawing) == ["Slow  (n = 1)", "apart_Other *  (n = 1)", "Fast  (n = 2)"]
    assert drawing.draw().axes[0].get_ylim() == (2.6, -0.6)
    assert drawing.caption == "Triggered function by combination, n = 4"
    assert "Slow: n 1, median 0.900, maximum 0.900 s" in drawing.description


def test_beyond_what_fits_the_caption_says_what_is_shown() -> None:
    values = {f"A{number}": [number / 100] for number in range(1, 31)}

    drawing = drawn(data_of(**values))

    assert len(rows(drawing)) == 24
    assert rows(drawing)[0] == "A30  (n = 1)"
    assert drawing.caption.endswith("the 24 of 30 combinations with the largest maxima")


def test_of_many_observations_only_the_largest_are_dots() -> None:
    axes = drawn(data_of(Reset=[number / 1000 for number in range(1, 2001)])).draw().axes[0]

    assert max(len(line.get_xdata()) for line in axes.lines) == 9  # type: ignore[arg-type]
    assert [round(box.get_width(), 3) for box in axes.patches] == [1.0]  # type: ignore[attr-defined]  # quartiles 0.5 and 1.5


def test_a_long_name_is_not_cut_off_at_the_edge() -> None:
    """In SVG and PDF glyphs keep their own widths, wider than those that are hinted for 100 dots per inch."""
    name = "TriggerMessage/DiagnosticsStatusNotification"
    root = ElementTree.fromstring(to_svg(drawn(data_of(**{name: [0.2]})).draw(), "x"))  # noqa: S314 - our own
    (label,) = (node for node in root.iter() if (node.text or "").startswith(name))
    width_pt = TextPath((0, 0), label.text or "", size=7.5).get_extents().width

    assert "text-anchor: end" in label.attrib["style"]
    assert float(label.attrib["x"]) > width_pt


def test_without_values_a_sentence_says_why() -> None:
    absence = prepare(ChartData(DOCUMENT), "authorize_response_time")

    assert absence == Absence("Response time Authorize: no values per action to show, csms only (A.4).")
