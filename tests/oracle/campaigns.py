"""Random OCTT logs of OCPP 1.6: scenarios are laid out as items, riffled and disturbed, then stamped and written.

Everything is drawn from the ``random.Random`` that is handed in, so a seed names a log.
"""

import json
import re
from random import Random
from typing import Any

from tests.oracle.items import Item
from tests.oracle.scenes import Scenes

DAY_MS = 86_400_000
NUMBERS = re.compile(r'("(?:connectorId|transactionId|reservationId)":\s?)(\d+)')


class Campaign(Scenes):
    """Builds one log; ``disturbance`` is the probability that a run is riffled and disturbed."""

    def __init__(self, rng: Random, *, disturbance: float = 0.5, shift_ms: int = 0) -> None:
        super().__init__(rng)
        self.stepped = False
        self.disturbance = disturbance
        self.dated = rng.random() < 0.2
        self.separator = rng.choice(":.")
        self.blanks = " " * rng.choice((1, 2))
        self.markers = rng.random() < 0.3
        self.now_ms = rng.choice((9 * 3_600_000, DAY_MS - 20_000, DAY_MS - 3000)) + rng.randrange(3000)
        self.now_ms += shift_ms
        self.dut_ahead_ms = rng.choice((0, 0, -900, 700, 7_200_000, -3_600_000))
        self.decimals = rng.random() < 0.2

    def text(self) -> str:
        """The whole log."""
        runs = [self._run() for _ in range(self.rng.choice((1, 1, 2, 3)))]
        return "".join(runs)

    def scenarios(self) -> list[list[Item]]:
        """The scenarios of one run, in order."""
        if self.csms:
            scenes = [self.csms_traffic() for _ in range(self.rng.randint(3, 12))]
            if self.rng.random() < 0.3:
                scenes.insert(self.rng.randrange(len(scenes)), self.reconnect())
            return scenes
        self.station.status.clear()
        first: list[Item] = []
        if self.rng.random() < 0.3:
            boot = self.call("dut", "BootNotification", {"chargePointModel": "M", "chargePointVendor": "V"})
            interval = self.rng.choice((1, 2, 300))
            told = {"status": "Accepted", "interval": interval, "currentTime": ""}
            first = [boot, self.answer(boot, told)]
        if self.rng.random() < 0.9:
            for one in range(self.rng.choice((0, 0, 1)), self.station.connectors + 1):
                first += self.status(one, "Available")
        kinds = (
            (self.misc, 3), (self.configuration, 2), (self.reservation, 4), (self.availability, 4),
            (self.availability_of_all, 2), (self.trigger, 6), (self.remote_start, 6), (self.remote_stop, 1),
            (self.firmware, 1), (self.reset, 1), (self.offline, 3), (self.noise, 3), (self.reconnect, 1),
        )  # fmt: skip
        weights = [weight for _, weight in kinds]
        chosen = self.rng.choices([kind for kind, _ in kinds], weights, k=self.rng.randint(2, 8))
        return [first + self.heartbeat(), *[kind() for kind in chosen]]

    def disturb(self, scenes: list[list[Item]]) -> list[Item]:
        """Riffles neighbouring scenes, drops, swaps, repeats and inserts lines."""
        items: list[Item] = []
        for scene in scenes:
            if items and self.rng.random() < 0.2:
                items = self.riffle(items, scene)
            else:
                items += scene
        for _ in range(self.rng.randint(0, 3)):
            at = self.rng.randrange(len(items))
            kind = self.rng.randrange(4)
            if kind == 0:
                del items[at]
            elif kind == 1 and at:
                items[at - 1], items[at] = items[at], items[at - 1]
            elif kind == 2 and items[at].is_call:
                items.insert(min(len(items), at + self.rng.choice((1, 1, 2, 3))), items[at])
            elif kind == 3:
                items[at:at] = self.csms_traffic() if self.csms else self.noise()
            items = items or self.csms_traffic() if self.csms else self.heartbeat()
        return items

    def riffle(self, before: list[Item], scene: list[Item]) -> list[Item]:
        """Merges a scene into the tail of what is there, each in its own order."""
        cut = max(0, len(before) - len(scene))
        head, left, right = before[:cut], before[cut:], list(scene)
        while left and right:
            head.append(left.pop(0) if self.rng.random() < 0.5 else right.pop(0))
        return head + left + right

    def _run(self) -> str:
        scenes = self.scenarios()
        if self.rng.random() < self.disturbance:
            items = self.disturb(scenes)
        else:
            items = [item for scene in scenes for item in scene]
        stepping = self.rng.randrange(len(items)) if self.rng.random() < 0.12 else None
        role = "CSMS" if self.csms else "CS"
        name = f"TC_{self.rng.randint(1, 88):03}_{role}"
        lines = [self._header(name, role)] if self.rng.random() < 0.8 else []
        lines.append(self._line("started_testcase", f"Core_{role} - {name}-Title"))
        for index, item in enumerate(items):
            self.now_ms += item.gap_ms
            if index == stepping:
                self._step(self.rng.choice((-300, -2500, -2500, 3_600_000, -3_600_000)))
            lines += self._item(item)
        verdict = self.rng.choice(("PASS",) * 5 + ("FAIL", "INCONC", None))
        if verdict:
            lines.append(self._line("verdict", verdict))
        lines.append(self._line("stopped_testcase", ""))
        footer = f"\n\nTest case result : {verdict}\n" if verdict and self.rng.random() < 0.5 else ""
        self.now_ms += self.ms(1000, 9000)
        return "\n".join(lines) + "\n" + footer

    def _step(self, change_ms: int) -> None:
        """Steps the clock, though never back over midnight: stamps without a date could not tell."""
        if (self.now_ms + change_ms) // DAY_MS == self.now_ms // DAY_MS:
            self.now_ms += change_ms
            self.stepped = True

    def _header(self, name: str, role: str) -> str:
        return (
            f"Test Case Name : {name} \nTest Start Time : {17 + self.now_ms // DAY_MS:02}-05-2024 {self._clock()[:8]} \n"
            f"System Under Test (SUT) : {role} \nOCPP Version : OCPP 1.6 \n{'-' * 106}"
        )

    def _clock(self) -> str:
        of_day_ms = self.now_ms % DAY_MS
        hours, rest = divmod(of_day_ms, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        seconds, milli = divmod(rest, 1000)
        return f"{hours:02}:{minutes:02}:{seconds:02}{self.separator}{milli:03}"

    def _date(self, at_ms: int) -> str:
        return f"2024-05-{17 + at_ms // DAY_MS:02}"

    def _line(self, tag: str, text: str) -> str:
        date = f"{self._date(self.now_ms)}T" if self.dated else ""
        return f"[{date}{self._clock()}] [{tag}]{self.blanks}{text}"

    def _item(self, item: Item) -> list[str]:
        if item.frame is None:
            return [self._line(item.tag, item.text)]
        frame = [*item.frame[:-1], self._payload(item)]
        layout = (", ", ":") if item.tag == "msg-out" else self.rng.choice(((",", ":"), (", ", ": ")))
        text = json.dumps(frame, separators=layout)
        if self.decimals and item.tag == "msg-out":
            text = NUMBERS.sub(r"\1\2.000000", text)  # as the tool does at times (log-formats section 1.1)
        written = self._line(item.tag, text)
        marker = "REQUEST" if item.is_call else "RESPONSE"
        return [self._line(marker, ""), written] if self.markers else [written]

    def _payload(self, item: Item) -> Any:
        """The payload with its time filled in; the item keeps it, so that a repetition repeats it."""
        assert item.frame is not None
        payload = item.frame[-1]
        if item.age_ms is not None:
            told = self._iso(self.now_ms + self.dut_ahead_ms - item.age_ms)
            if "meterValue" in payload:
                if not payload["meterValue"][0]["timestamp"]:
                    payload["meterValue"][0]["timestamp"] = told
            elif not payload.get("timestamp"):
                payload["timestamp"] = told
        if payload.get("currentTime") == "":
            payload["currentTime"] = self._iso(self.now_ms)
        return payload

    def _iso(self, at_ms: int) -> str:
        hours, rest = divmod(at_ms % DAY_MS, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        return f"{self._date(at_ms)}T{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}Z"


def campaign(rng: Random, *, disturbance: float = 0.5) -> str:
    """One random log."""
    return Campaign(rng, disturbance=disturbance).text()
