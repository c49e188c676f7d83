"""The lines of a random log before they are stamped, and the bricks that scenes are built of."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

METHODS = {"tool": "msg-out", "dut": "msg-in"}


@dataclass
class Item:
    """One line to come, ``gap_ms`` after the one before it."""

    gap_ms: int
    tag: str
    text: str = ""
    frame: list[Any] | None = None
    age_ms: int | None = None
    """How old the payload time is when the message is sent; None: the payload carries none."""

    @property
    def is_call(self) -> bool:
        """The item is a CALL."""
        return self.frame is not None and self.frame[0] == 2


@dataclass
class Station:
    """What the scenarios remember of the station they play."""

    connectors: int
    transactions: dict[int, int] = field(default_factory=dict)
    next_transaction: int = 100
    next_reservation: int = 1
    next_id: int = 1
    status: dict[int, str] = field(default_factory=dict)


class Bricks:
    """Single messages, exchanges and prompts."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.csms = rng.random() < 0.15
        self.station = Station(connectors=rng.choice((1, 2, 2)))

    def ms(self, low: int = 20, high: int = 400) -> int:
        """A random delay."""
        return self.rng.randint(low, high)

    def call(self, sender: str, action: str, payload: dict[str, Any], *, gap_ms: int | None = None) -> Item:
        """A CALL with a fresh id; both sides count alike, so ids of the two sides collide now and then."""
        self.station.next_id += self.rng.choice((0, 1, 1, 1, 1, 1)) if sender == "dut" else 1
        gap = self.ms() if gap_ms is None else gap_ms
        return Item(gap, METHODS[sender], frame=[2, f"id{self.station.next_id}", action, payload])

    def timed(self, action: str, payload: dict[str, Any], *, age_ms: int = 0) -> Item:
        """A CALL of the DUT with a payload time."""
        item = self.call("dut", action, payload)
        item.age_ms = age_ms + self.rng.randrange(100)
        return item

    def answer(self, call: Item, payload: dict[str, Any], *, gap_ms: int | None = None) -> Item:
        """The CALLRESULT of the other side."""
        assert call.frame is not None
        gap = self.ms(5, 40) if gap_ms is None else gap_ms
        return Item(gap, "msg-in" if call.tag == "msg-out" else "msg-out", frame=[3, call.frame[1], payload])

    def error(self, call: Item) -> Item:
        """A CALLERROR of the other side."""
        item = self.answer(call, {}, gap_ms=self.ms())
        assert item.frame is not None
        item.frame = [4, item.frame[1], self.rng.choice(("NotSupported", "InternalError")), "", {}]
        return item

    def told(self, call: Item) -> list[Item]:
        """A CALL of the DUT with the tool's empty answer."""
        return [call, self.answer(call, {})]

    def asked(self, action: str, payload: dict[str, Any], answer: dict[str, Any]) -> list[Item]:
        """A CALL of the tool with the DUT's answer."""
        call = self.call("tool", action, payload, gap_ms=self.ms(500, 3000))
        return [call, self.answer(call, answer, gap_ms=self.ms())]

    def status(self, connector: int, status: str) -> list[Item]:
        """A StatusNotification with its answer."""
        self.station.status[connector] = status
        payload = {"connectorId": connector, "errorCode": "NoError", "status": status}
        return self.told(self.timed("StatusNotification", payload))

    def info(self, text: str, *, gap_ms: int | None = None, tag: str = "info") -> Item:
        """A line without a frame."""
        return Item(self.ms(500, 4000) if gap_ms is None else gap_ms, tag, text)

    def prompt(self, text: str) -> list[Item]:
        """A prompt and its dismissal."""
        return [self.info(text, tag="prompt"), self.info("0d1e8a70-0000-4000-8000-000000000001", tag="api_dismissed")]

    def plug(self, connector: int, verb: str = "plug in") -> list[Item]:
        """The prompt to plug in (or unplug) at a connector."""
        return self.prompt(f"Please {verb} your cable on Charging Station side now on connectorId '{connector}'.")

    def connector(self) -> int:
        """Any connector."""
        return self.rng.randint(1, self.station.connectors)
