"""A run in the format of the old desktop tool: local time in whole seconds, no direction, ids of epoch milliseconds.

Every time of the scenario is a whole second, so that the stamps lose nothing and the values are the scenario's.
"""

from __future__ import annotations

from datetime import timedelta

from generator.octt import Heading, Line, Timeline, Variant, utc
from generator.scenario_csms import authorize, boot, start, status, stop
from generator.tool import Answer, Exchange, Payload, Run

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HEADING = Heading(
    test_case="TC_CS_V16_003_REGULAR",
    title="Regular Charging Session",
    start=utc(15, "09:12:30.000"),
    sut="CSMS",
    variant=Variant.DATED,
    header_hours=2,
    verdict=None,
)


class LegacyTimeline(Timeline):
    """The same time line in the old layout: messages, response markers, and the tool's waiting; nothing else."""

    def render(self, first_number: int) -> list[str]:
        """The text lines, and every `Line.number` filled in."""
        shown = [line for line in sorted(self.lines, key=lambda line: line.at_ms) if self._is_shown(line)]
        for number, line in enumerate(shown, first_number):
            line.number = number
        return [self._legacy_text(line) for line in shown] + [""]

    def _is_shown(self, line: Line) -> bool:
        return line.tag.startswith("msg-") or line.tag == "RESPONSE" or line.text.startswith("Waiting for")

    def _legacy_text(self, line: Line) -> str:
        now = self.clock(line.at_ms) + timedelta(hours=self.heading.header_hours)
        day = f"{now.day:02d}-{MONTHS[now.month - 1]}-{now.year}"
        text = "[Response]" if line.tag == "RESPONSE" else line.text
        return f"{day} {now:%H:%M:%S}   INFO  - [{self.heading.test_case}] {text}"


class LegacyRun(Run):
    """A run that the old tool logs."""

    def __init__(self, heading: Heading) -> None:
        """Begin with an empty log in the old layout."""
        super().__init__(heading)
        self.log = LegacyTimeline(heading)

    def new_id(self) -> str:
        """Milliseconds since 1970 at the next whole second, which is when the call is sent."""
        self.now_ms += -self.now_ms % 1000
        return str(int(self.log.clock(self.now_ms).timestamp() * 1000))

    def call(self, action: str, payload: Payload, answer: Answer | None, *, message_id: str = "") -> Exchange:
        """A call of the tool, sent at a whole second."""
        return super().call(action, payload, answer, message_id=message_id or self.new_id())


def play(run: Run) -> None:
    """A local session; the CSMS takes a second or two, as far as whole seconds can tell."""
    boot(run, 1000)
    status(run, "Available", 1000)
    authorize(run, "Accepted", 1000)
    start(run, 2000)
    status(run, "Charging", 1000)
    run.wait(7000)
    stop(run, "Local", 1000)
