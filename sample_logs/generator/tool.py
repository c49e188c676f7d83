"""One run as OCTT logs it: its own calls, the calls of the system under test, prompts, and the connection."""

from __future__ import annotations

import itertools
import json
import random
import uuid
from dataclasses import dataclass

from generator.ledger import AUTHORIZE, PARAMETERS, REMOTE_START, REMOTE_STOP, RESPONSE, TRIGGERED, Ledger, Row
from generator.octt import Heading, Line, Timeline

CANDIDATES = {
    "CancelReservation": TRIGGERED,
    "ReserveNow": TRIGGERED,
    "ChangeAvailability": TRIGGERED,
    "TriggerMessage": TRIGGERED,
    "RemoteStartTransaction": REMOTE_START,
    "RemoteStopTransaction": REMOTE_STOP,
}
Payload = dict[str, object]


@dataclass(frozen=True)
class Answer:
    """The answer to a call: what, and how many milliseconds after it. `error` makes it a CALLERROR."""

    after_ms: int
    payload: Payload
    error: str | None = None


def status(name: str, after_ms: int) -> Answer:
    """An answer that carries nothing but a status."""
    return Answer(after_ms, {"status": name})


def accepted(after_ms: int) -> Answer:
    """The usual answer."""
    return status("Accepted", after_ms)


@dataclass(eq=False)
class Exchange:
    """A call of the tool and the answer, if one came."""

    action: str
    request: Line
    answer: Line | None

    def answered(self) -> Line:
        """The answer.

        Raises:
            ValueError: there is none; the scenario is wrong.
        """
        if self.answer is None:
            raise ValueError(f"{self.action} was never answered in this scenario")
        return self.answer


class Run:
    """A run of one test case. The cursor `now_ms` moves on with every step unless a time is given."""

    def __init__(self, heading: Heading) -> None:
        """Begin with an empty log."""
        self.heading = heading
        self.role = "charging_station" if heading.sut == "CS" else "csms"
        self.log = Timeline(heading)
        self.ledger = Ledger()
        self.now_ms = 0
        self.broken: list[Line] = []  # lines that no reader can take for anything
        self._random = random.Random(f"{heading.test_case} {heading.start}")
        self._busy: dict[str, list[tuple[int, int]]] = {"msg-out": [], "msg-in": []}
        self._candidates: list[Exchange] = []

    # -- narration ------------------------------------------------------------------------------------------

    def info(self, text: str, *, at_ms: int | None = None) -> Line:
        """A line of narration."""
        line = self.log.add("info", text, at_ms=self.now_ms if at_ms is None else at_ms)
        self.now_ms = max(self.now_ms, line.at_ms)
        return line

    def begin(self, *, reset_before: bool = False) -> None:
        """The first lines of a run."""
        heading = self.heading
        self.log.add(
            "started_testcase", f"{heading.block}_{heading.sut} - {heading.test_case}-{heading.title}", at_ms=0
        )
        self.now_ms = 1
        self.info(f"The value of resetBeforeTestcase is {str(reset_before).lower()}")
        self.info("Start clearing internal states.")
        self.wait(2, 9)

    def phase(self, name: str) -> None:
        """`Preparation` or `Main`."""
        text = "Starting Testcase Preparation" if name == "Preparation" else "Starting Main Testcase Steps"
        width = (82 - len(text) - 2) // 2
        self.info(f"{'=' * width} {text} {'=' * width}")
        self.wait(1, 4)

    def restore(self) -> None:
        """The clean-up after the main steps begins."""
        self.info("The value of resetAfterTestcase is false")
        self.wait(20, 60)

    def end(self, reasons: tuple[str, ...] = ()) -> None:
        """The last lines of a run; `reasons` of a failed one."""
        self.wait(300, 900)
        if reasons:
            self.info("Testcase failed because of the following reasons:")
        for reason in reasons:
            self.info(reason)
        self.log.add("verdict", str(self.heading.verdict), at_ms=self.now_ms)
        self.wait(2, 4)
        self.info("The test case has ended.")
        self.log.add("stopped_testcase", at_ms=self.now_ms)

    def prompt(self, text: str, person_ms: int) -> Line:
        """An instruction to the operator, dismissed after `person_ms`."""
        line = self.log.add("prompt", text, at_ms=self.now_ms)
        self.now_ms += person_ms
        self.log.add("api_dismissed", self.new_id(), at_ms=self.now_ms)
        self.info("Got 'continue' on the previous API request, continuing.", at_ms=self.now_ms + 2)
        self.wait(1, 5)
        return line

    def garbage(self, text: str, *, tag: str = "") -> None:
        """A line that cannot be read."""
        self.broken.append(self.log.add(tag, text, at_ms=self.now_ms))

    def wait(self, low_ms: int, high_ms: int | None = None) -> None:
        """Let time pass; with two bounds a reproducible amount between them."""
        self.now_ms += low_ms if high_ms is None else self.some_ms(low_ms, high_ms)

    def some_ms(self, low_ms: int, high_ms: int) -> int:
        """A reproducible number of milliseconds for what no figure depends on."""
        return low_ms + self._random.getrandbits(24) % (high_ms - low_ms + 1)

    def new_id(self) -> str:
        """A message id, as both sides of this campaign make them."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def disconnect(self) -> Line:
        """The connection goes down."""
        self.info("The OCTT closes the WebSocket connection AND does not accept a reconnect.")
        return self.info("Disconnected from System Under Test")

    def reconnect(self) -> None:
        """The connection comes back."""
        self.info("The OCTT accepts the reconnection attempt from the Charging Station.")
        self.info("Using Security Profile: 0", at_ms=self.now_ms + 1)
        self.wait(1100, 2100)
        self.info("Successfully connected to System Under Test")
        self.wait(40, 90)

    # -- messages -------------------------------------------------------------------------------------------

    def call(self, action: str, payload: Payload, answer: Answer | None, *, message_id: str = "") -> Exchange:
        """A call of the tool. Its response time enters the ledger unless there is no answer."""
        message_id = message_id or self.new_id()
        start_ms = self.now_ms
        request = self._frame("msg-out", [2, message_id, action, payload], start_ms)
        self.log.add("info", f"Waiting for response message of type {action}Response", at_ms=start_ms + 1)
        exchange = Exchange(action, request, None)
        self._candidates.append(exchange)
        if answer is None:
            self.now_ms += 2
            return exchange
        exchange.answer = self._frame("msg-in", _reply(message_id, answer), start_ms + answer.after_ms)
        self._busy["msg-out"].append((start_ms, start_ms + answer.after_ms))
        if answer.error is None:
            done_ms = exchange.answer.at_ms + self.some_ms(2, 25)
            self.log.add("info", "Received response message of the expected type.", at_ms=done_ms)
        self._observe_response(exchange, answer)
        self.now_ms = exchange.answer.at_ms + self.some_ms(26, 60)
        return exchange

    def receive(
        self,
        action: str,
        payload: Payload,
        reply: Answer | None = None,
        *,
        at_ms: int | None = None,
        message_id: str = "",
    ) -> Line:
        """A call of the system under test and the tool's answer to it."""
        at_ms = self.now_ms if at_ms is None else at_ms
        message_id = message_id or self.new_id()
        line = self._frame("msg-in", [2, message_id, action, payload], at_ms)
        reply = reply or self.tool_reply(action, at_ms)
        answer_ms = at_ms + reply.after_ms
        self._frame("msg-out", _reply(message_id, reply), answer_ms)
        self._busy["msg-in"].append((at_ms, answer_ms))
        self.now_ms = max(self.now_ms, answer_ms + self.some_ms(8, 30))
        return line

    def tool_reply(self, action: str, at_ms: int) -> Answer:
        """What the tool answers to a call of the system under test."""
        reply: Payload = {}
        if action in ("Authorize", "StopTransaction"):
            reply = {"idTagInfo": {"status": "Accepted"}}
        if action in ("BootNotification", "Heartbeat"):
            reply = {"currentTime": self.log.clock(at_ms).strftime("%Y-%m-%dT%H:%M:%SZ")}
        if action == "BootNotification":
            reply = {"status": "Accepted", **reply, "interval": 300}
        return Answer(self.some_ms(7, 31), reply)

    def _frame(self, tag: str, frame: list[object], at_ms: int) -> Line:
        self.log.add("REQUEST" if frame[0] == 2 else "RESPONSE", at_ms=at_ms)
        if tag == "msg-in":
            return self.log.add(tag, json.dumps(frame, separators=(",", ":")), at_ms=at_ms)
        *head, last = frame
        body = json.dumps(last, separators=(",", ":"))
        return self.log.add(tag, f"{json.dumps(head)[:-1]}, {body}]", at_ms=at_ms)

    # -- ledger ---------------------------------------------------------------------------------------------

    def _observe_response(self, exchange: Exchange, answer: Answer) -> None:
        combination = exchange.action if answer.error is None else f"{exchange.action}/CALLERROR"
        row = Row(RESPONSE, "observation", exchange.request, exchange.request, exchange.answer, combination)
        row.value_ms = answer.after_ms
        row.flags = () if answer.error is None else ("CALL_ERROR",)
        self.ledger.observe(row)
        if exchange.action == "Authorize":
            info = answer.payload.get("idTagInfo")
            word = str(info["status"]) if isinstance(info, dict) else "CALLERROR"
            row = Row(AUTHORIZE, "observation", exchange.request, exchange.request, exchange.answer)
            row.combination, row.value_ms = f"Authorize/{word}", answer.after_ms
            self.ledger.observe(row)

    def exclude_response(self, exchange: Exchange, reason: str, decided: Line | None) -> None:
        """The response time of this call does not count."""
        self.ledger.rows = [row for row in self.ledger.rows if row.request is not exchange.request]
        self.exclude(RESPONSE, exchange, reason, decided=decided, combination=exchange.action)

    def exclude(
        self,
        parameter: str,
        exchange: Exchange,
        reason: str,
        *,
        decided: Line | None = None,
        combination: str | None = None,
    ) -> None:
        """A candidate that does not count; `decided` is the line that shows it, None where silence does."""
        row = Row(parameter, "exclusion", exchange.request, exchange.request, decided, combination, reason=reason)
        self.ledger.rows.append(row)

    def check(self) -> None:
        """Every candidate has one fate per parameter, and neither side overlaps its own calls.

        Raises:
            ValueError: the scenario forgot or repeated one.
        """
        for spans in self._busy.values():
            spans.sort()
            for (_, end_ms), (start_ms, _) in itertools.pairwise(spans):
                if start_ms < end_ms:
                    raise ValueError(f"{self.heading.test_case}: overlapping calls of one side at {start_ms} ms")
        for exchange in self._candidates:
            fates = [row.parameter for row in self.ledger.rows if row.request is exchange.request]
            wanted = [RESPONSE]
            if exchange.action == "Authorize":
                wanted.append(AUTHORIZE)
            if self.role == "charging_station" and exchange.action in CANDIDATES:
                wanted.append(CANDIDATES[exchange.action])
            if sorted(fates) != sorted(wanted) or not set(fates) <= set(PARAMETERS[self.role]):
                raise ValueError(f"{self.heading.test_case}: {exchange.action} has the fates {fates}, not {wanted}")


def _reply(message_id: str, answer: Answer) -> list[object]:
    if answer.error is not None:
        return [4, message_id, answer.error, "", answer.payload]
    return [3, message_id, answer.payload]
