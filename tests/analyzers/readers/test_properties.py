"""Whatever happens to a log, every line is accounted for, and the fast reading equals the naive one."""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from perfkit_analyzers.logtext.blocks import clean, line_blocks
from perfkit_analyzers.message import Skipped
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.readers.octt_legacy import OcttLegacyReader
from perfkit_analyzers.readers.octt_text import OcttTextReader
from perfkit_analyzers.readers.table import LOG_FORMATS
from tests.analyzers.readers import naive
from tests.analyzers.readers.campaign import header

DAY_NS = 86_400 * 10**9
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # what begins so is read as UTF-16, which these comparisons are not about
DIRECTIONS = {0: "msg-in", 1: "msg-out"}


def octt_log(seed: int, size: int = 40) -> bytes:
    """A valid log with every kind of line; the clock passes midnight, falls and jumps now and then."""
    rnd = random.Random(seed)
    separator, date = rnd.choice(":."), rnd.random() < 0.3
    gap = rnd.choice([" ", "  "])
    now_ms = rnd.choice([10, 86_000]) * 1000
    lines = [header("TC_010_CS", end="")] if rnd.random() < 0.7 else []
    for number in range(size):
        now_ms += rnd.choice([0, 0, 1, 35, 4000, 60_000, -3, 3_600_100])
        seconds, ms = divmod(max(now_ms, 0), 1000)
        clock = f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{separator}{ms:03}"
        stamp = f"[2026-03-{2 + seconds // 86400:02}T{clock}]" if date else f"[{clock}]"
        lines.append(f"{stamp} {rnd.choice(BODIES)(rnd, number, gap)}\n")
    if rnd.random() < 0.5:
        lines.append("\n\nTest case result : PASS")
    return "".join(lines).encode()


def _call(rnd: random.Random, number: int, gap: str) -> str:
    action = rnd.choice(["Heartbeat", "StatusNotification", "DataTransfer"])
    payload = {"connectorId": number, "info": rnd.choice(["plain", 'q"uote', "grün", "back\\slash", '[2,"x","Y",{}]'])}
    blanks = rnd.choice([(",", ":"), (", ", ": ")])
    text = json.dumps([2, f"id-{number}", action, payload], separators=blanks, ensure_ascii=rnd.random() < 0.5)
    return f"[msg-{rnd.choice(['in', 'out'])}]{gap}{text}"


def _answer(rnd: random.Random, number: int, gap: str) -> str:
    frame = rnd.choice(
        [
            [3, f"id-{number - 1}", {"status": "Accepted"}],
            [3, number, {}],
            [4, "x", "GenericError", "", {}],
            [4, "x", "GenericError"],
            [6, "s", "NotifyPeriodicEventStream", {"a": 10.5}],
        ]
    )
    return f"[msg-{rnd.choice(['in', 'out'])}]{gap}{json.dumps(frame)}"


BODIES: list[Callable[[random.Random, int, str], str]] = [
    _call,
    _call,
    _answer,
    _answer,
    lambda rnd, number, gap: "[REQUEST]",
    lambda rnd, number, gap: "[RESPONSE]",
    lambda rnd, number, gap: f"[info]{gap}Waiting for response message of type HeartbeatResponse",
    lambda rnd, number, gap: f"[info]{gap}Received response message of the expected type.",
    lambda rnd, number, gap: f"[info]{gap}Entering state Charging",
    lambda rnd, number, gap: f"[prompt]{gap}Please plug in\nand wait",
    lambda rnd, number, gap: f"[warning]{gap}hm",
    lambda rnd, number, gap: '[msg-in] [3,"split",{\n  "a": [1,\n 2]\n}]',
    lambda rnd, number, gap: f"[started_testcase]{gap}Core_CS - TC_01{number % 10}_CS-Title",
    lambda rnd, number, gap: f"[verdict]{gap}PASS",
]

positions = st.floats(0, 1)
INSERTS = [
    b"\n", b"\r", b"\0", b'"', b"\\", b"[", b"]", b"}", b"\xff", b"\xc3", b"\x1b[1m", b"\t", b"msg-in", b", ", b"9", b"\xef\xbb\xbf",
    b"[10:00:00:000] [msg-in]  ", b"Test Case Name : TC_001_CS\n", b"-" * 30, b"{}", b"\\ud800", b"NaN",
]  # fmt: skip
mutations = st.one_of(
    st.tuples(st.just("flip"), positions, st.integers(0, 7)),
    st.tuples(st.just("cut"), positions, st.integers(1, 60)),
    st.tuples(st.just("double"), positions, st.integers(1, 200)),
    st.tuples(st.just("insert"), positions, st.integers(0, len(INSERTS) - 1)),
    st.tuples(st.just("join"), positions, st.just(0)),
    st.tuples(st.just("end"), positions, st.just(0)),
)


def mutate(data: bytes, changes: list[tuple[str, float, int]]) -> bytes:
    for kind, where, amount in changes:
        at = int(where * len(data))
        if kind == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << amount)]) + data[at + 1 :]
        elif kind == "cut":
            data = data[:at] + data[at + amount :]
        elif kind == "double":
            data = data[: at + amount] + data[at:]
        elif kind == "insert":
            data = data[:at] + INSERTS[amount] + data[at:]
        elif kind == "join":
            end = data.find(b"\n", at)
            data = data if end < 0 else data[:end] + data[end + 1 :]
        elif kind == "end" and where > 0.8:
            data = data[:at]
    return data


COLOURS_AT_END = re.compile(rb"(?:\x1b\[[0-9;?]*[ -/]*[@-~])+\Z")


def line_count(data: bytes) -> int:
    data = COLOURS_AT_END.sub(b"", data)  # alone behind the last newline they are no line
    return data.count(b"\n") + (data != b"" and not data.endswith(b"\n"))


def fast(data: bytes) -> list[naive.Read]:
    found = []
    for event in OcttTextReader(io.BytesIO(data), "x.log"):
        if isinstance(event, OcppMessage):
            found.append(
                naive.Read(
                    event.line,
                    event.stamp_ns % DAY_NS,
                    DIRECTIONS[event.direction],
                    event.type.value,
                    event.message_id,
                    event.action,
                    event.error_code,
                    json.loads(bytes(event.payload)),
                )
            )
    return found


@pytest.mark.parametrize("seed", range(40))
def test_valid_logs_are_read_as_by_the_naive_reading(seed: int) -> None:
    data = octt_log(seed, 300)
    expected = naive.read(data)
    assert len(expected) > 60
    assert sorted(fast(data), key=repr) == sorted(expected, key=repr)
    reader = OcttTextReader(io.BytesIO(data), "x.log")
    assert not [event for event in reader if isinstance(event, Skipped)]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.lists(mutations, max_size=6))
def test_mutated_logs_are_read_as_by_the_naive_reading(seed: int, changes: list[tuple[str, float, int]]) -> None:
    data = mutate(octt_log(seed), changes)
    assume(not data.startswith(UTF_16_MARKS))
    assert sorted(fast(data), key=repr) == sorted(naive.read(data), key=repr)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.lists(mutations, max_size=12))
@example(0, [("insert", 1.0, INSERTS.index(b"\x1b[1m"))])
def test_every_line_is_accounted_for(seed: int, changes: list[tuple[str, float, int]]) -> None:
    data = mutate(octt_log(seed), changes)
    assume(not data.startswith(UTF_16_MARKS))
    for reader in (OcttTextReader(io.BytesIO(data), "x.log"), OcttLegacyReader(io.BytesIO(data), "x.log")):
        events = list(reader)
        tally = reader.tally
        assert tally.lines == tally.messages + tally.narration + tally.skipped == line_count(data)
        assert sum(isinstance(event, OcppMessage) for event in events) == tally.messages
        assert sum(isinstance(event, Skipped) for event in events) == tally.skipped


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_accounted_for(data: bytes) -> None:
    for log_format in LOG_FORMATS:
        reader = log_format.read(io.BytesIO(data), "x")
        list(reader)
        tally = reader.tally
        assert tally.lines == tally.messages + tally.narration + tally.skipped


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.lists(mutations, max_size=4), st.integers(1, 300))
def test_the_size_of_a_block_changes_nothing(seed: int, changes: list[tuple[str, float, int]], block: int) -> None:
    data = mutate(octt_log(seed, 12), changes)
    assume(not data.startswith(UTF_16_MARKS))
    whole = clean(data.removeprefix(b"\xef\xbb\xbf"))
    assert b"".join(part.data for part in line_blocks(io.BytesIO(data), block_bytes=block)) == whole
