from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from matplotlib.lines import Line2D

from perfkit.core.analysis_record import RunInfo
from perfkit.core.network_join_record import LinkSummary, LogClock, NetworkJoin
from perfkit.core.network_record import THRESHOLDS, Verdict
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.link_series import LinkSeries, Look
from perfkit.report.charts.timeline import Timeline, prepare
from tests.perfkit.report.documents import DOCUMENT, RUN
from tests.perfkit.report.report_inputs import sample_of

NO_LINK = LinkSummary(0.0, None, None, 0, None, None, None, None)
LOOKS = [Look(datetime(2026, 6, 8, 3, 30, tzinfo=UTC), Verdict.NOT_MET)]


def run_at(start: str, end: str, **rest: object) -> RunInfo:
    return msgspec.structs.replace(RUN, start=start, end=end, **rest)


def data_of(*runs: RunInfo, rows: tuple[object, ...] = (), **rest: object) -> ChartData:
    document = msgspec.structs.replace(DOCUMENT, runs=list(runs), **rest)
    return ChartData(document, rows)  # type: ignore[arg-type]


def prepared(data: ChartData) -> Timeline:
    timeline = prepare(data)
    assert not isinstance(timeline, Absence)
    return timeline


def clock(utc_offset_s: float | None, runs: int = 1, host_offset_s: float | None = 0.0) -> LogClock:
    return LogClock("messages", "", utc_offset_s, host_offset_s, 2.0, runs, "a.log", 1)


def joined(*clocks: LogClock) -> ChartData:
    join = NetworkJoin(THRESHOLDS, list(clocks), [], [], NO_LINK, [], 0, None)
    data = data_of(RUN, network=join)
    return ChartData(data.document, link=LinkSeries(THRESHOLDS, looks=LOOKS))


MORNING = run_at("2026-06-08T05:00:00.000", "2026-06-08T05:00:30.000", prompt_times=["2026-06-08T05:00:10.000"])
NOON = run_at("2026-06-08T12:00:00.000", "2026-06-08T12:00:30.000", verdict="FAIL")


def places(line: Line2D) -> list[float]:
    return [float(place) for place in line.get_xdata()]  # type: ignore[union-attr, arg-type]


def test_stretches_of_activity_have_a_panel_each() -> None:
    figure = prepared(data_of(NOON, MORNING)).draw()

    assert [axes.get_title(loc="left") for axes in figure.axes] == ["2026-06-08\n1 run, n = 0"] * 2


def test_the_caption_counts_runs_prompts_and_values() -> None:
    rows = (sample_of(1, 0.3, time="2026-06-08T05:00:05.000000"), sample_of(2, 0.4, time=None))

    caption = prepared(data_of(MORNING, NOON, rows=rows)).caption

    assert "2 runs of test cases, 1 prompt, n = 1 values" in caption


def test_values_that_are_not_drawn_are_told() -> None:
    rows = tuple(sample_of(number, 0.3, time="2026-06-08T05:00:05.000000") for number in range(1, 1502))

    assert (
        "more than 1,500 values that are no outliers, a part is drawn" in prepared(data_of(MORNING, rows=rows)).caption
    )
    assert "a part is drawn" not in prepared(data_of(MORNING, rows=rows[1:])).caption


def test_the_time_at_the_right_edge_is_not_cut_off() -> None:
    figure = prepared(data_of(MORNING, NOON)).draw()
    figure.draw_without_rendering()

    last = [axes.get_xticklabels()[-1].get_window_extent().x1 for axes in figure.axes]
    assert max(last) <= figure.bbox.x1


def test_prompts_and_values_stand_at_their_times() -> None:
    rows = (sample_of(1, 0.3, time="2026-06-08T05:00:05.000000"),)
    axes = prepared(data_of(MORNING, rows=rows)).draw().axes[0]

    (prompts,) = [line for line in axes.lines if line.get_marker() == "v"]
    (values,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert round((places(prompts)[0] - places(values)[0]) * 86_400, 3) == 5.0  # matplotlib counts days
    assert list(values.get_ydata()) == [0.3]  # type: ignore[arg-type]


def test_outliers_are_above_the_stated_value_or_far_out() -> None:
    usual = [sample_of(n, 0.1, combination="A", time="2026-06-08T05:00:01.000000") for n in range(1, 9)]
    far = sample_of(9, 0.2, combination="A", time="2026-06-08T05:00:02.000000")
    few = sample_of(10, 0.9, combination="B", time="2026-06-08T05:00:03.000000")
    stated = sample_of(
        *(11, 0.7), parameter="triggered_function_timeout", combination="C", time="2026-06-08T05:00:04.000000"
    )

    timeline = prepared(data_of(MORNING, rows=(*usual, far, few, stated)))

    assert [value.row.number for value in timeline.values if value.is_outlier] == [9, 11]
    assert "2 outliers: TC_001_CS 0.700 s, TC_001_CS 0.200 s" in timeline.description


def test_the_link_is_drawn_on_the_log_s_clock() -> None:
    timeline = prepared(joined(clock(7200.0, runs=3, host_offset_s=1.5), clock(None, runs=9)))

    on_log_clock = datetime(2026, 6, 8, 5, 30, 1, 500_000)  # noqa: DTZ001
    assert timeline.looks == (Look(on_log_clock, Verdict.NOT_MET),)
    assert timeline.caption.endswith("The log's clock is UTC +7201.5 s.")


def test_runs_with_another_clock_are_counted() -> None:
    assert prepared(joined(clock(0.0, runs=5), clock(3600.0, runs=2))).caption.endswith(
        "The log's clock is UTC (2 runs with another offset)."
    )


def test_without_evidence_of_the_clock_the_link_is_not_drawn() -> None:
    timeline = prepared(joined(clock(None)))

    assert timeline.looks is None
    assert "not drawn: nothing tells how the log's clock and UTC belong together" in timeline.caption


def test_logs_without_a_date_are_drawn_by_the_time_of_day() -> None:
    figure = prepared(data_of(run_at("05:00:00.000", "05:00:30.000"))).draw()

    assert figure.axes[0].get_title(loc="left").startswith("no date in the log")


def test_many_stretches_stay_on_one_page() -> None:
    days = [datetime(2026, 6, 1) + timedelta(days=number) for number in range(40)]  # noqa: DTZ001
    runs = [run_at(day.isoformat(), (day + timedelta(seconds=30)).isoformat()) for day in days]

    figure = prepared(data_of(*runs)).draw()

    assert figure.get_size_inches()[1] < 10
    assert sum(int(axes.get_title(loc="left").split("\n")[1].split()[0]) for axes in figure.axes) == 40


def test_without_times_a_sentence_says_so() -> None:
    absence = Absence("No run with time stamps was analysed, so there is no timeline.")

    assert prepare(data_of(msgspec.structs.replace(RUN, start=None, end=None))) == absence
    assert prepare(ChartData()) == absence
