from __future__ import annotations

import re
import warnings
from xml.etree import ElementTree

import msgspec
import pytest

from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.glyphs import settable, shortened
from perfkit.report.charts.style import house_style, to_svg
from perfkit.report.charts.table import CHARTS
from perfkit.report.content.model import ChartKind
from perfkit.report.inputs import SequenceMessage
from tests.perfkit.report.charts.test_ecdf import KEY
from tests.perfkit.report.documents import DOCUMENT, MEASURED, RUN, combination
from tests.perfkit.report.network_documents import DOCUMENT as NETWORK
from tests.perfkit.report.report_inputs import sample_of

HOSTILE = '$\\frac{1}{0}$ </text><script>alert(1)</script> url(#x) id="a" & 充電 \x1b[31m\u202e %s {0} _^'


def data_of(text: str) -> ChartData:
    """A campaign in which `text` stands wherever a log or a file may bring one."""
    result = msgspec.structs.replace(MEASURED, name=text[:40], combinations=[combination(text, 0.6)])
    runs = [msgspec.structs.replace(RUN, test_case=text, title=text, verdict=text)]
    network = msgspec.structs.replace(NETWORK, label=text)
    rows = (sample_of(7, 0.6, parameter=KEY, combination=text, test_case=text, time=RUN.start),)
    messages = (
        SequenceMessage(3, 1, False, "CALL", text, text),
        SequenceMessage(5, 9, True, "CALLRESULT", text, text),
    )
    document = msgspec.structs.replace(DOCUMENT, parameters=[result], runs=runs)
    return ChartData(document, rows, (network,), sequences={7: messages})


def svg(kind: ChartKind, data: ChartData) -> str:
    drawing = CHARTS[kind](data, KEY)
    assert not isinstance(drawing, Absence)
    return to_svg(drawing.draw(), f"{kind}-1")


def nodes(element: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(element).iter())  # noqa: S314 - our own


def texts(element: str) -> str:
    return "\n".join(node.text or "" for node in nodes(element) if node.tag.endswith("}text"))


def test_every_kind_has_its_chart() -> None:
    assert set(CHARTS) == set(ChartKind)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_a_chart_is_the_same_twice_and_refers_to_nothing_outside(kind: ChartKind) -> None:
    element = svg(kind, data_of("TC_001_CS"))

    assert element == svg(kind, data_of("TC_001_CS"))
    assert element.startswith("<svg ")
    assert not re.search(r"<(?:metadata|script|image|style)\b[^>]*http", element)
    ids = re.findall(r' id="([^"]*)"', element)
    assert ids
    assert all(name.startswith(f"{kind}-1-") for name in ids)
    assert set(re.findall(r'(?:xlink:href="#|url\(#)([^")]*)', element)) <= set(ids)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_hostile_text_stays_text(kind: ChartKind) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph would warn
        element = svg(kind, data_of(HOSTILE))

    tags = {node.tag.rpartition("}")[2] for node in nodes(element)}
    assert tags <= {"svg", "defs", "style", "g", "path", "use", "text", "clipPath", "rect", "pattern", "tspan"}
    assert "\x1b" not in element


def test_text_in_a_chart_is_what_the_log_says() -> None:
    shown = texts(svg(ChartKind.SEQUENCE, data_of('a"b $x$ id="q" url(#z)')))

    assert 'a"b $x$ id="q" url(#z)' in shown


def test_missing_glyphs_are_written_as_their_code_points() -> None:
    assert settable("Зарядная станция Ωμ é 充") == "Зарядная станция Ωμ é [U+5145]"
    assert settable("one\ntwo\u202e\ud800") == "one\\ntwo\\u202e\\ud800"
    assert shortened("充" * 10, 20) == "[U+5145][U…][U+5145]"


def test_the_user_s_settings_come_back() -> None:
    import matplotlib

    with matplotlib.rc_context({"font.size": 33}):
        with house_style():
            assert matplotlib.rcParams["font.size"] == 8
        assert matplotlib.rcParams["font.size"] == 33
