from __future__ import annotations

import msgspec
import pytest
from matplotlib.figure import Figure

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult
from perfkit.core.sample import Reason, RowKind
from perfkit.report.charts.base import Absence, Drawing
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.ecdf import cumulated, prepare
from perfkit.report.sample_rows import SampleRecord
from tests.perfkit.report.documents import DOCUMENT, MEASURED
from tests.perfkit.report.report_inputs import sample_of

KEY = "triggered_function_timeout"


def document_with(parameter: ParameterResult) -> AnalysisDocument:
    return msgspec.structs.replace(DOCUMENT, parameters=[parameter])


def data_of(*values_s: float, rows: tuple[SampleRecord, ...] = (), **fields: object) -> ChartData:
    """A campaign whose only parameter has these observations."""
    samples = [sample_of(number, value, parameter=KEY) for number, value in enumerate(values_s, 1)]
    return ChartData(document_with(msgspec.structs.replace(MEASURED, **fields)), (*samples, *rows))


def drawn(data: ChartData) -> Drawing:
    drawing = prepare(data, KEY)
    assert not isinstance(drawing, Absence)
    return drawing


def curve(figure: Figure) -> list[tuple[float, float]]:
    (line, *_) = [line for line in figure.axes[0].lines if line.get_label() == "observations"]
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))  # type: ignore[arg-type]


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_curve_steps_at_each_value_by_its_share() -> None:
    assert curve(drawn(data_of(0.4, 0.1, 0.2, 0.2)).draw()) == [(0.1, 0), (0.1, 0.25), (0.2, 0.75), (0.4, 1.0)]


def test_stated_value_maximum_and_uncertainty_are_named_with_their_units() -> None:
    figure = drawn(data_of(0.1, 0.6123)).draw()

    assert legend(figure) == ["observations", "stated 0.5 s", "maximum 0.612 s ± 0.021 s (U)"]
    assert figure.axes[0].get_xlabel() == "Triggered function / s"
    assert figure.axes[0].get_ylabel() == "share of observations (n = 2)"


def test_without_a_stated_value_there_is_no_line_for_it() -> None:
    data = data_of(0.1, 0.6123, stated_s=None, stated_text=None)

    assert not any("stated" in label for label in legend(drawn(data).draw()))
    assert "no value stated" in drawn(data).description


def test_one_observation_is_a_curve_of_one_step() -> None:
    drawing = drawn(data_of(0.3))

    assert curve(drawing.draw()) == [(0.3, 0), (0.3, 1.0)]
    assert drawing.caption == "Triggered function: empirical distribution, n = 1"


def test_a_wait_without_an_answer_is_marked_and_is_no_observation() -> None:
    wait = sample_of(9, 35.0, parameter=KEY, kind=RowKind.CENSORED, reason=Reason.NO_STATUS)
    drawing = drawn(data_of(0.1, 0.2, rows=(wait,)))

    assert "no answer (n = 1)" in legend(drawing.draw())
    assert "(n = 2)" in drawing.draw().axes[0].get_ylabel()
    assert "1 wait without an answer" in drawing.description


@pytest.mark.parametrize(("largest_s", "scale"), [(0.5, "linear"), (30.0, "log")])
def test_a_wide_range_gets_a_logarithmic_axis(largest_s: float, scale: str) -> None:
    assert drawn(data_of(0.1, 0.1, 0.1, largest_s)).draw().axes[0].get_xscale() == scale


def test_rows_outside_the_headline_are_not_in_the_distribution() -> None:
    aside = sample_of(9, 0.9, parameter=KEY, in_headline=False)

    assert curve(drawn(data_of(0.1, rows=(aside,))).draw())[-1] == (0.1, 1.0)


def test_without_observations_a_sentence_says_why() -> None:
    absence = prepare(ChartData(DOCUMENT), "remote_stop_authorization_time")

    assert absence == Absence("Stop time: no distribution to show, all 2 candidates were excluded.")


def test_five_thousand_observations_keep_both_ends_and_few_steps() -> None:
    values = tuple(sorted(number / 5000 for number in range(1, 5001)))

    steps = cumulated(values, 1000)

    assert (steps[0], steps[-1], len(steps)) == ((0.0002, 0.0002), (1.0, 1.0), 1001)
