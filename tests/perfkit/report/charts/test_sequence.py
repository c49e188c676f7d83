from __future__ import annotations

from perfkit.core.analysis_record import Place
from perfkit.report.charts.base import Absence, Drawing
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.sequence import prepare
from perfkit.report.inputs import SequenceMessage
from tests.perfkit.report.charts.test_ecdf import KEY, document_with
from tests.perfkit.report.documents import DOCUMENT, MEASURED

CALL = SequenceMessage(3, 1_000_000_000, False, "CALL", "ReserveNow", "id-1")
ANSWER = SequenceMessage(4, 1_050_000_000, True, "CALLRESULT", "ReserveNow", "id-1")
STATUS = SequenceMessage(5, 1_662_300_000, True, "CALL", "StatusNotification", "$x^2$ 充")


def drawn(*messages: SequenceMessage) -> Drawing:
    drawing = prepare(ChartData(document_with(MEASURED), sequences={7: messages}), KEY)
    assert not isinstance(drawing, Absence)
    return drawing


def texts(drawing: Drawing) -> list[str]:
    return [text.get_text() for text in drawing.draw().axes[0].texts if text.get_text()]


def test_messages_have_their_line_time_sender_and_kind() -> None:
    shown = texts(drawn(CALL, ANSWER, STATUS))

    assert {"line 3", "line 4", "line 5", "0.000", "0.050", "0.662"} <= set(shown)
    assert {"ReserveNow CALL", "ReserveNow CALLRESULT", "StatusNotification CALL"} <= set(shown)
    assert "▐ 0.612 s" in shown
    assert {"OCTT", "charging station (DUT)"} <= set(shown)


def test_text_of_the_log_stays_text() -> None:
    assert "$x^2$ [U+5145]" in texts(drawn(CALL, ANSWER, STATUS))


def test_arrows_point_to_the_receiver() -> None:
    axes = drawn(CALL, ANSWER).draw().axes[0]

    ends = [(note.xyann[0], note.xy[0]) for note in axes.texts if getattr(note, "arrow_patch", None)]  # type: ignore[attr-defined]

    assert [begin < end for begin, end in ends] == [True, False]


def test_the_bar_spans_the_measured_interval() -> None:
    assert MEASURED.measured_at == Place(7, "a.log", 3, 4, 5)
    axes = drawn(CALL, ANSWER, STATUS).draw().axes[0]

    (bar,) = [line for line in axes.lines if line.get_linewidth() == 5]

    assert list(bar.get_ydata()) == [1, 2]  # type: ignore[arg-type]


def test_of_many_messages_the_middle_is_left_out_and_counted() -> None:
    many = [SequenceMessage(line, line, True, "CALL", "Heartbeat", str(line)) for line in range(100, 200)]

    drawing = drawn(*many)

    assert "… 76 messages not shown …" in texts(drawing)
    assert {"line 100", "line 111", "line 188", "line 199"} <= set(texts(drawing))
    assert "line 150" not in texts(drawing)
    assert "n = 100 messages" in drawing.caption


def test_without_the_log_a_sentence_says_so() -> None:
    absence = prepare(ChartData(document_with(MEASURED)), KEY)

    assert absence == Absence("Triggered function: the log of row 7 is not at hand, so there is no sequence.")


def test_without_a_single_observation_a_sentence_says_so() -> None:
    absence = prepare(ChartData(DOCUMENT), "remote_stop_authorization_time")

    assert absence == Absence(
        "Stop time: no single observation is the measured value, so there is no sequence to show."
    )
