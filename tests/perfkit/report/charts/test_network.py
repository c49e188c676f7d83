from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.link_series import LinkSeries, Point, Stretch, link_series
from perfkit.report.charts.network import LinkChart, prepare, thinned
from tests.perfkit.report.network_documents import DOCUMENT

MONITOR = Path(__file__).parents[4] / "sample_logs" / "network" / "monitor.jsonl"
START = datetime(2026, 6, 8, 5, tzinfo=UTC)


def points(*values: float) -> list[Point]:
    return [
        Point(START + timedelta(minutes=number), value, Verdict.MET if value <= 1000 else Verdict.NOT_MET)
        for number, value in enumerate(values)
    ]


def prepared(data: ChartData) -> LinkChart:
    drawing = prepare(data)
    assert not isinstance(drawing, Absence)
    return drawing


@pytest.fixture(scope="module")
def sample_link() -> LinkSeries:
    series = link_series([MONITOR])
    assert series is not None
    return series


def test_the_record_of_the_sample_campaign_is_read_whole(sample_link: LinkSeries) -> None:
    """627 samples in 6 sessions, 5 of them in the gap; the spells are those of sample_logs/README.md."""
    assert (sample_link.sample_count, sample_link.session_count) == (627, 6)
    assert (len(sample_link.latency_ms), len(sample_link.rssi_dbm)) == (622, 622)
    assert sum(point.value > 1000 for point in sample_link.latency_ms) == 8
    assert [gap.start.isoformat() for gap in sample_link.gaps] == ["2026-06-08T07:14:07.413000+00:00"]
    looks = [look.verdict for look in sample_link.looks]
    assert (looks.count(Verdict.NOT_MET), looks.count(Verdict.NOT_MEASURED)) == (20, 5)


def test_limits_units_and_n_are_on_each_row(sample_link: LinkSeries) -> None:
    chart = prepared(ChartData(link=sample_link))
    figure = chart.draw()

    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    notes = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert labels == ["latency / ms\n(n = 622)", "RSSI / dBm\n(n = 622)"]
    assert notes == ["limit ≤ 1000 ms", "limit ≥ -81 dBm"]
    assert "8 values miss it" in chart.description
    assert "12 values miss it" in chart.description
    assert "1 gap" in chart.description


def test_idle_hours_are_left_out(sample_link: LinkSeries) -> None:
    figure = prepared(ChartData(link=sample_link)).draw()

    assert len(figure.axes) == 2 * 6


def test_no_line_connects_the_last_sample_of_a_session_with_the_first_of_the_next() -> None:
    """Both sessions are on one time axis where the idle time between them is short or there are many of them."""
    before, after = points(50, 51), [Point(START + timedelta(minutes=40 + m), 52, Verdict.MET) for m in range(2)]
    pause = Stretch(before[-1].time, after[0].time, "nobody watched")
    lines = {
        len(link.pauses): [
            len(line.get_xdata())  # type: ignore[arg-type]
            for line in prepared(ChartData(link=link)).draw().axes[0].lines
            if line.get_linestyle() == "-"
        ]
        for link in (
            LinkSeries(THRESHOLDS, latency_ms=[*before, *after]),
            LinkSeries(THRESHOLDS, latency_ms=[*before, *after], pauses=[pause]),
        )
    }

    assert lines == {0: [4], 1: [2, 2]}


def test_a_pause_is_where_no_session_went_on(sample_link: LinkSeries) -> None:
    """The sessions of sample_logs/README.md: six, one after the other."""
    assert [f"{pause.start:%d %H:%M} to {pause.end:%d %H:%M}" for pause in sample_link.pauses] == [
        "08 08:23 to 09 06:05",
        "09 08:34 to 10 06:00",
        "10 08:35 to 10 23:50",
        "11 00:09 to 11 06:00",
        "11 07:35 to 12 06:38",
    ]


def test_without_a_record_the_measurements_of_the_gate_stand_beside_each_other() -> None:
    chart = prepared(ChartData(network=(DOCUMENT,)))
    figure = chart.draw()

    assert chart.caption.startswith("The link as measured for the gate: latency (n = ")
    assert [axes.get_ylabel().split("\n")[0] for axes in figure.axes] == [
        "latency / ms",
        "RSSI / dBm",
        "bandwidth / kB/s",
    ]
    names = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert len(names) == len(set(names)) > 0


def test_nothing_measured_is_a_sentence() -> None:
    assert prepare(ChartData()) == Absence(
        "No measurement of the network is at hand, so there is no chart of the link."
    )
    empty = LinkSeries(THRESHOLDS)
    assert prepare(ChartData(link=empty)) == Absence(
        "The network measurements hold no value, so there is no chart of the link."
    )


def test_a_dense_record_keeps_the_extremes_of_each_stretch() -> None:
    dense = points(*[50.0] * 3000, 1700.0, *[50.0] * 3000)

    kept = thinned(dense, 600)

    assert len(kept) <= 602
    assert [point.value for point in kept if point.value > 1000] == [1700.0]
    assert kept == sorted(kept, key=lambda point: point.time)


def test_one_value_is_drawn() -> None:
    link = LinkSeries(THRESHOLDS, latency_ms=points(50.0))

    assert len(prepared(ChartData(link=link)).draw().axes) == 1


def test_a_file_that_is_no_record_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text("{}\n")

    with pytest.raises(InputError, match=r"m\.jsonl:1"):
        link_series([path])
    with pytest.raises(InputError, match="No such file"):
        link_series([tmp_path / "absent.jsonl"])
