"""What `perfkit monitor` would have written beside the station during its campaign: network/monitor.jsonl.

One sample a minute through an LTE dongle, in the hours in which test cases ran, but for one evening. The clock of the
monitoring laptop agrees with that of the tool. Three spells are out of the ordinary, at the times of SPELLS.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from generator.octt import utc

INTERVAL_S = 60
PROBE_BYTES = 168  # one packet of 84 bytes out, one back
OPENING_BYTES = 1478  # a connection to the responder, which ends it after five minutes
OPENING_MOST_BYTES = 2000  # what the monitor reckons with
SAMPLES_PER_OPENING = 5
BLOCKS_OF_10_MHZ_DB = 17  # 10 log10(50 resource blocks): RSSI = RSRP - RSRQ + this


class Kind(Enum):
    """What a spell does to the link."""

    WEAK = "weak signal"
    SLOW = "slow link"
    UNPLUGGED = "dongle unplugged"


@dataclass(frozen=True)
class Spell:
    """A stretch of time out of the ordinary."""

    kind: Kind
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Sitting:
    """One session of the monitor; `uptime_s` is how long the laptop had been up when it began."""

    name: str
    start: datetime
    minutes: int
    uptime_s: float


SPELLS = (
    Spell(Kind.WEAK, utc(8, "06:38:00.000"), utc(8, "06:50:00.000")),  # around TC_010
    Spell(Kind.SLOW, utc(8, "07:04:00.000"), utc(8, "07:12:00.000")),  # around TC_011_1
    Spell(Kind.UNPLUGGED, utc(8, "07:14:30.000"), utc(8, "07:19:40.000")),  # around TC_011_2
)
SITTINGS = (
    Sitting("5b0e61f2", utc(8, "05:15:07.412"), 189, 1804.225),
    Sitting("c41d97a8", utc(9, "06:05:12.090"), 150, 1377.804),  # 22:41 (TC_040_2) has no monitor beside it
    Sitting("0f7732be", utc(10, "06:00:31.655"), 156, 1118.517),
    Sitting("92ac5d04", utc(10, "23:50:08.201"), 20, 65494.063),  # over midnight
    Sitting("e6180b3f", utc(11, "06:00:44.938"), 96, 1265.730),
    Sitting("7d25c9e1", utc(12, "06:38:02.774"), 16, 3530.112),
)


def write(target: Path) -> None:
    """Write network/monitor.jsonl below `target`."""
    folder = target / "network"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(record, separators=(",", ":")) for sitting in SITTINGS for record in _records(sitting)]
    (folder / "monitor.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _records(sitting: Sitting) -> Iterator[dict[str, object]]:
    """The lines of one session, in their order."""
    dice = random.Random(sitting.name)
    yield _header(sitting)
    spent, is_away, received, sent = 0, False, 2_310_000, 410_000
    left = sitting.start
    for number in range(sitting.minutes):
        now = sitting.start + timedelta(seconds=INTERVAL_S * number, milliseconds=dice.randrange(4))
        when = _when(sitting, now)
        kind = _kind_at(now)
        if (kind is Kind.UNPLUGGED) is not is_away:
            is_away = not is_away
            yield {"record": "event", **when, **_turned(is_away)}
            if not is_away:
                yield from ({"record": "gap", **when, **_gap(name, left, now)} for name in ("latency", "signal"))
        if kind is Kind.UNPLUGGED:
            reasons = dict.fromkeys(("latency", "signal", "interface"), "the dongle does not answer")
            yield {"record": "sample", **when, "number": number, "spent_bytes": spent, "reasons": reasons}
            continue
        spent += PROBE_BYTES + (0 if number % SAMPLES_PER_OPENING else OPENING_BYTES)
        left = now
        received, sent = received + dice.randrange(900, 9000), sent + dice.randrange(700, 4000)
        sample: dict[str, object] = {"number": number, "spent_bytes": spent}
        sample["latency"] = _latency(dice, kind)
        sample["signal"] = _signal(dice, kind)
        sample["interface"] = _interface(received, sent)
        if number % 5 == 0:
            sample["clock"] = _clock(dice)
        yield {"record": "sample", **when, **sample}
    end = _when(sitting, sitting.start + timedelta(seconds=INTERVAL_S * (sitting.minutes - 1) + 21, milliseconds=340))
    yield {"record": "event", **end, "kind": "session_end", "detail": "interrupted (Ctrl-C)"}


def _kind_at(now: datetime) -> Kind | None:
    return next((spell.kind for spell in SPELLS if spell.start <= now < spell.end), None)


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _when(sitting: Sitting, now: datetime) -> dict[str, object]:
    uptime_s = sitting.uptime_s + (now - sitting.start).total_seconds()
    return {"time": _time(now), "monotonic_s": round(uptime_s, 3)}


def _header(sitting: Sitting) -> dict[str, object]:
    thresholds = {"bandwidth_kB_s": 5.0, "latency_ms": 1000.0, "latency_packet_bytes": 84}
    device = {
        "model": "E3372h-320", "firmware": "10.0.5.1(H195SP3C983)", "driver": "hilink", "hardware": "CL4E3372HM",
        "uri": "http://192.168.8.1", "key": "2c9a40d1be7753f8", "imei": "86***********31",
        "iccid": "89****************07",
    }  # fmt: skip
    return {
        "record": "session", "schema": "perfkit.monitor/1", "session": sitting.name, **_when(sitting, sitting.start),
        "tool": {"name": "perfkit", "version": "0.1.0"}, "host": "lab-laptop-2", "platform": "Linux",
        "utc_offset_s": 7200, "label": "station", "interface": "eth1", "device": device,
        "target": "198.51.100.20:9310", "ports": [], "interval_s": float(INTERVAL_S), "passive_interval_s": None,
        "bandwidth_interval_s": None, "packet_bytes": 84,
        "planned_bytes_per_hour": 60 * PROBE_BYTES + 12 * OPENING_MOST_BYTES, "max_bytes_per_hour": 100_000,
        "thresholds": {**thresholds, "rssi_dbm": -81.0, "rssi_csq": 16},
        "clock": {"synchronized": True, "offset_ms": 0.4, "max_error_ms": 14.2, "source": "chrony"},
        "reasons": {"connections": "not asked for (--ocpp-port)"},
    }  # fmt: skip


def _latency(dice: random.Random, kind: Kind | None) -> dict[str, object]:
    low, high = (1210.0, 1730.0) if kind is Kind.SLOW else (46.0, 71.0)
    value_ms = round(dice.uniform(low, high), 1)
    return {
        "value_ms": value_ms, "origin": "active", "method": "UDP echo, kernel stamps", "packet_bytes": 84,
        "min_ms": value_ms, "max_ms": value_ms, "count": 1, "sent": 1,
    }  # fmt: skip


def _signal(dice: random.Random, kind: Kind | None) -> dict[str, object]:
    is_weak = kind is Kind.WEAK
    rsrp, rsrq = (-120, -14) if is_weak else (-97, -10)
    rsrp, rsrq = rsrp + dice.randrange(3), rsrq + dice.randrange(2)
    return {
        "rssi_dbm": float(rsrp - rsrq + BLOCKS_OF_10_MHZ_DB), "source": "device/signal", "technology": "4g",
        "rat": "LTE", "operator": "Lab Mobile", "cell": "26418707" if is_weak else "26418731", "band": "20",
        "rsrp_dbm": float(rsrp), "rsrq_db": float(rsrq), "sinr_db": float(dice.randrange(0, 4) if is_weak else 12),
    }  # fmt: skip


def _interface(received: int, sent: int) -> dict[str, object]:
    return {
        "name": "eth1", "received_bytes": received, "sent_bytes": sent, "received_packets": received // 310,
        "sent_packets": sent // 130, "errors": 0, "dropped": 0,
    }  # fmt: skip


def _clock(dice: random.Random) -> dict[str, object]:
    offset_ms = round(dice.uniform(-1.5, 1.5), 3)
    return {"synchronized": True, "offset_ms": offset_ms, "max_error_ms": 14.2, "source": "chrony"}


def _turned(is_away: bool) -> dict[str, object]:
    if is_away:
        return {"kind": "device_away", "detail": "the dongle at http://192.168.8.1 does not answer"}
    return {"kind": "device_back", "detail": "the dongle at http://192.168.8.1 answers again"}


def _gap(quantity: str, start: datetime, end: datetime) -> dict[str, object]:
    seconds = round((end - start).total_seconds(), 3)
    return {
        "quantity": quantity, "cause": "device_away", "reason": "the dongle at http://192.168.8.1 did not answer",
        "start": _time(start), "end": _time(end), "seconds": seconds, "lost_samples": 0,
    }  # fmt: skip
