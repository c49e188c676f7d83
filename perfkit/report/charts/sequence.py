"""The messages of one observation, as a sequence diagram between the tool and the DUT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult, Place
from perfkit.report.charts.base import Absence
from perfkit.report.charts.data import ChartData
from perfkit.report.charts.glyphs import shortened
from perfkit.report.charts.style import BLACK, BLUE, GREY, PALE, VERMILION, house_style, new_figure
from perfkit.report.inputs import SequenceMessage
from perfkit.report.printable import printable
from perfkit.report.wording import counted, measured_text, seconds

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST = 24
"""Messages that fit on a page; of more, the first and the last half."""
_TOOL_X, _DUT_X = 0.30, 0.74
_ROLES = {"charging_station": "charging station (DUT)", "csms": "CSMS (DUT)"}


@dataclass(frozen=True, slots=True)
class SequenceDiagram:
    """The messages of the row behind the measured value, in the order of the log; `left_out` are in the middle."""

    result: ParameterResult
    document: AnalysisDocument
    place: Place
    messages: tuple[SequenceMessage, ...]
    left_out: int

    @property
    def caption(self) -> str:
        """Which observation, with the number of messages."""
        return (
            f"{self.result.name}: messages of the observation behind the measured value "
            f"(row {self.place.row}, n = {len(self.messages) + self.left_out} messages)"
        )

    @property
    def description(self) -> str:
        """The messages in words, with the time since the first."""
        first_ns = self.messages[0].stamp_ns
        steps = [
            f"{_since(message, first_ns)} {_sender(message)} {message.kind} {printable(message.action)}"
            for message in self.messages[:12]
        ]
        return f"Sequence of {counted(len(self.messages), 'message')} between tool and DUT: " + "; ".join(steps) + "."

    def draw(self) -> Figure:
        """Lifelines, arrows and the measured interval."""
        with house_style():
            figure = new_figure(0.95 + 0.27 * (len(self.messages) + bool(self.left_out)))
            axes = figure.subplots()
            axes.set_axis_off()
            rows = self._rows()
            last = max(rows.values())
            axes.set(xlim=(0, 1), ylim=(last + 0.8, -1.75))
            role = _ROLES.get(self.document.dut.type or "", "DUT")
            _lifelines(axes, last, role)
            self._interval(axes, rows)
            for message in self.messages:
                self._arrow(axes, rows[message.line], message)
            if self.left_out:
                text = f"… {counted(self.left_out, 'message')} not shown …"
                axes.text(
                    (_TOOL_X + _DUT_X) / 2, _MOST // 2, text, ha="center", va="center", color=GREY, style="italic"
                )
        return figure

    def _rows(self) -> dict[int, int]:
        """Height of each message by its line; a row in the middle stays free for what is left out."""
        half = _MOST // 2
        return {
            message.line: index + (1 if self.left_out and index >= half else 0)
            for index, message in enumerate(self.messages)
        }

    def _arrow(self, axes: Axes, height: int, message: SequenceMessage) -> None:
        begin, end = (_DUT_X, _TOOL_X) if message.from_dut else (_TOOL_X, _DUT_X)
        is_end = message.line in {self.place.from_line, self.place.to_line}
        colour = VERMILION if is_end else BLUE
        axes.annotate(
            "",
            xy=(end, height),
            xytext=(begin, height),
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linestyle": "-" if message.kind == "CALL" else "--",
                "linewidth": 1.6 if is_end else 1.0,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
        label = f"{shortened(message.action, 34)} {message.kind}"
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
        weight = "bold" if is_end else "normal"
        axes.text(
            (begin + end) / 2, height - 0.06, label, ha="center", va="bottom", fontsize=7.2, weight=weight, bbox=box
        )
        first_ns = self.messages[0].stamp_ns
        axes.text(_TOOL_X - 0.045, height, _since(message, first_ns), ha="right", va="center", fontsize=7.2)
        axes.text(0.0, height, f"line {message.line}", ha="left", va="center", fontsize=7.2, color=GREY)
        identity = shortened(message.message_id, 30)
        axes.text(_DUT_X + 0.03, height, identity, ha="left", va="center", fontsize=6.6, color=GREY)

    def _interval(self, axes: Axes, rows: dict[int, int]) -> None:
        """The bar of the measured interval beside the tool's lifeline: the tool's clock measures."""
        place = self.place
        begin = rows.get(place.from_line)
        end = rows.get(place.to_line) if place.to_line is not None else max(rows.values())
        if begin is None or end is None:
            return
        axes.plot([_TOOL_X - 0.02] * 2, [begin, end], color=VERMILION, linewidth=5, solid_capstyle="butt", alpha=0.85)
        text = f"▐ {_value_text(self.result, self.document)}"
        axes.text(1.0, -1.15, text, ha="right", va="center", weight="bold", color=VERMILION)


def _value_text(result: ParameterResult, document: AnalysisDocument) -> str:
    """The value of the diagram's observation to the millisecond; a wait without an answer as a lower bound."""
    if result.measured_is_lower_bound:
        return measured_text(result, document)
    return seconds(result.measured_s, unit=True)


def _lifelines(axes: Axes, last: int, role: str) -> None:
    for x, name in ((_TOOL_X, "OCTT"), (_DUT_X, role)):
        axes.plot([x, x], [-0.75, last + 0.6], color=GREY, linewidth=0.9, linestyle=(0, (1, 1.5)))
        box = {"facecolor": PALE, "edgecolor": GREY, "linewidth": 0.7, "boxstyle": "round,pad=0.35"}
        axes.text(x, -1.15, name, ha="center", va="center", weight="bold", color=BLACK, bbox=box)
    headings = (
        (0.0, "left", "log line"),
        (_TOOL_X - 0.045, "right", "time / s"),
        (_DUT_X + 0.03, "left", "message id"),
    )
    for x, side, heading in headings:
        axes.text(x, -0.48, heading, ha=side, va="center", fontsize=6.8, color=GREY)


def _since(message: SequenceMessage, first_ns: int) -> str:
    return f"{(message.stamp_ns - first_ns) / 1e9:.3f}"


def _sender(message: SequenceMessage) -> str:
    return "DUT" if message.from_dut else "tool"


def prepare(data: ChartData, parameter: str | None) -> SequenceDiagram | Absence:
    """The diagram of the observation that the measured value of a parameter is."""
    result = data.parameter(parameter)
    if result is None or data.document is None or result.measured_at is None:
        name = result.name if result else "No performance parameter"
        return Absence(f"{name}: no single observation is the measured value, so there is no sequence to show.")
    messages = data.sequences.get(result.measured_at.row, ())
    if not messages:
        return Absence(
            f"{result.name}: the log of row {result.measured_at.row} is not at hand, so there is no sequence."
        )
    shown = _shown(messages)
    return SequenceDiagram(result, data.document, result.measured_at, shown, len(messages) - len(shown))


def _shown(messages: Sequence[SequenceMessage]) -> tuple[SequenceMessage, ...]:
    half = _MOST // 2
    return tuple(messages) if len(messages) <= _MOST else (*messages[:half], *messages[-half:])
