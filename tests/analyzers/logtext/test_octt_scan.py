"""The compiled scanner against the Python loop, on whole logs, on single lines and at its borders."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.fuzz_scanner import FRAMES, SPLINTERS, build_scanner, compare, corpus, load, wrongly_plain
from perfkit_analyzers.dialects.table import REPORTS
from perfkit_analyzers.logtext import blocks
from perfkit_analyzers.logtext.frames import decode_strict
from perfkit_analyzers.message import LogEvent
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.readers.octt_text import Clock, Scan

TEN_O_CLOCK_NS = 36_000_000_000_000
DAY_NS = 86_400_000_000_000
UNDATED: Clock = (14, 0, TEN_O_CLOCK_NS, DAY_NS)
STAMP = b"[10:00:01:005]"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scan, Callable[[bytes], bool]]:
    try:
        return load(build_scanner(tmp_path_factory.mktemp("scanner")))
    except OSError as error:
        pytest.skip(f"no compiled scanner here: {error}")


@pytest.fixture(scope="module")
def scan(compiled: tuple[Scan, Callable[[bytes], bool]]) -> Scan:
    return compiled[0]


@pytest.fixture(scope="module")
def is_plain(compiled: tuple[Scan, Callable[[bytes], bool]]) -> Callable[[bytes], bool]:
    return compiled[1]


def taken(scan: Scan, data: bytes, clock: Clock = UNDATED) -> tuple[list[LogEvent], Clock]:
    events: list[LogEvent] = []
    return events, scan(data, 0, 0, clock, events, frozenset())


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_logs_give_the_same_events_whatever_the_borders_of_blocks(scan: Scan, seed: int) -> None:
    found = compare(corpus(4000, seed), scan, seed)

    assert found.difference is None
    assert found.taken > 4000


def test_answers_told_in_brief_are_those_of_the_python_loop(scan: Scan) -> None:
    found = compare(corpus(4000, 3), scan, 3, reports=REPORTS)

    assert found.difference is None
    assert found.brief > 50


def brief(scan: Scan, *lines: bytes) -> list[tuple[str, int | None]]:
    """Id and brief answer of each message of a block."""
    events: list[LogEvent] = []
    data = b"".join(STAMP + line + b"\n" for line in lines)
    scan(data, 0, 0, UNDATED, events, REPORTS)
    return [(event.message_id, event.answered_ns) for event in events if isinstance(event, OcppMessage)]


def test_an_answer_is_told_in_brief_only_where_it_is_the_next_message(scan: Scan) -> None:
    asked, answered = b' [msg-in] [2,"1","Heartbeat",{}]', b' [msg-out] [3,"1",{}]'
    at_ns = TEN_O_CLOCK_NS + 1_005_000_000

    assert brief(scan, asked, b" [RESPONSE]", answered) == [("1", at_ns)]
    assert brief(scan, asked, b' [msg-out] [3,"12",{}]') == [("1", None), ("12", None)]
    assert brief(scan, asked, asked, answered) == [("1", None), ("1", at_ns)]
    assert brief(scan, asked, b' [msg-in] [3,"1",{}]') == [("1", None), ("1", None)]
    assert brief(scan, b' [msg-out] [2,"1","Heartbeat",{}]', b' [msg-in] [3,"1",{}]') == [("1", None), ("1", None)]
    assert brief(scan, b' [msg-in] [2,"1","Authorize",{}]', answered) == [("1", None), ("1", None)]
    assert brief(scan, asked) == [("1", None)]
    assert brief(scan, asked, b" [prompt] Plug in the cable", answered) == [("1", None)]


def test_each_mutated_frame_that_is_taken_is_one_to_the_strict_decoder(scan: Scan) -> None:
    source = random.Random(7)
    accepted = 0
    for _ in range(40_000):
        frame = bytearray(source.choice(FRAMES))
        place = source.randrange(len(frame))
        frame[place : place + source.randrange(3)] = source.choice([*SPLINTERS, bytes([source.randrange(256)])])
        if b"\n" in frame:
            continue
        events, (_, messages, _, _) = taken(scan, STAMP + b" [msg-in] " + frame + b"\n")
        if messages:
            expected = decode_strict(bytes(frame))
            (message,) = events
            assert isinstance(message, OcppMessage)
            assert (message.message_id, bytes(message.payload)) == (expected.message_id, bytes(expected.payload))
            assert message.action == getattr(expected, "action", None)
            accepted += 1

    assert accepted > 5000


@pytest.mark.parametrize("after", [b"", b" [REQUEST]\n", b" [info] Received request of type " + b"x" * 60 + b"\n"])
def test_each_byte_of_a_report_is_looked_at_wherever_the_block_ends(scan: Scan, after: bytes) -> None:
    sample = b'{"context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","phase":"L1-N","value":"3659364.481"}'
    frame = b'[2,"5","MeterValues",{"meterValue":[{"sampledValue":[' + sample + b"," + sample + b'],"n":1}]}]'
    behind = after and STAMP + after
    assert taken(scan, STAMP + b" [msg-in] " + frame + b"\n" + behind)[1][1] == 1
    accepted = 0
    for place in range(len(frame)):
        for byte in b'"\\,:{}[]0x \t\x1f\0\x7f':
            damaged = frame[:place] + bytes([byte]) + frame[place + 1 :]
            events, (_, messages, _, _) = taken(scan, STAMP + b" [msg-in] " + damaged + b"\n" + behind)
            if messages:
                expected = decode_strict(damaged)
                (message,) = events
                assert isinstance(message, OcppMessage)
                assert bytes(message.payload) == bytes(expected.payload)
                accepted += 1

    assert accepted > 1000


@pytest.mark.parametrize(
    "shape", [b'{"a":"%s"}', b'{"a":"%s","b":"c"}', b'{"%s":"a","%s":""}', b'["%s",{"a":"%s\\n%s"}]']
)
def test_strings_of_every_length_are_read_whatever_follows(scan: Scan, shape: bytes) -> None:
    for size in range(140):
        payload = b'{"in":' + shape.replace(b"%s", b"x" * size) + b"}"
        line = STAMP + b' [msg-in] [3,"1",' + payload + b"]\n"
        for lines in (line, line + STAMP + b" [REQUEST]\n", line * 2):
            events, (end, *_) = taken(scan, lines)
            assert end == len(lines)
            assert isinstance(events[0], OcppMessage)
            assert bytes(events[0].payload) == payload
        for open_ended in (
            line.replace(b'"}', b"}"),
            line.replace(b'":', b":"),
            line.replace(b"x" * size + b'"', b"", 1),
        ):
            assert open_ended == line or taken(scan, open_ended + line)[1][0] == 0


@pytest.mark.parametrize("stamp", [b"[10:00:01:006]", b"[10:00:01.005]", b"[10:00:01;005]", b"[10:00:00:999]"])
def test_only_the_same_stamp_is_taken_for_the_same(scan: Scan, stamp: bytes) -> None:
    events, result = taken(scan, STAMP + b" [REQUEST]\n" + STAMP + b" [REQUEST]\n" + stamp + b' [msg-in] [3,"1",{}]\n')

    rise_ns = {b"[10:00:01:006]": 1_000_000, b"[10:00:01.005]": 0}.get(stamp)
    at_ns = TEN_O_CLOCK_NS + 1_005_000_000 + (rise_ns or 0)
    stamps_ns = [event.stamp_ns for event in events if isinstance(event, OcppMessage)]
    assert stamps_ns == ([] if rise_ns is None else [at_ns])
    assert result[1:] == (len(events), 2, at_ns)


def test_a_new_date_with_the_same_time_is_another_stamp(scan: Scan) -> None:
    lines = [b"[2026-03-%02dT10:00:01:005] [REQUEST]\n" % day for day in (1, 1, 2)]
    march_ns = 20513 * DAY_NS

    result = taken(scan, b"".join(lines), (25, 0, march_ns + TEN_O_CLOCK_NS, march_ns + DAY_NS))[1]

    assert result == (len(lines[0]) * 2, 0, 2, march_ns + TEN_O_CLOCK_NS + 1_005_000_000)


def test_a_request_and_its_answer_are_taken_with_the_lines_around_them(scan: Scan) -> None:
    data = (
        b"[10:00:01:005] [REQUEST]\n"
        b'[10:00:01:005] [msg-out]  [2, "a-1", "TriggerMessage", {"requestedMessage":"Heartbeat"}]\n'
        b"[10:00:01:006] [info]  Waiting for response message of type TriggerMessageResponse\n"
        b"[10:00:01.250] [RESPONSE]\n"
        b'[10:00:01,250] [msg-in]  [3,"a-1",{"status":"Accepted"}]\n'
    )
    events, result = taken(scan, data)

    assert events == [
        OcppMessage(2, TEN_O_CLOCK_NS + 1_005_000_000, Direction.OUT, MessageType.CALL, "a-1", "TriggerMessage",
                    b'{"requestedMessage":"Heartbeat"}'),
        OcppMessage(5, TEN_O_CLOCK_NS + 1_250_000_000, Direction.IN, MessageType.CALLRESULT, "a-1", None,
                    b'{"status":"Accepted"}'),
    ]  # fmt: skip
    assert result == (len(data), 2, 3, TEN_O_CLOCK_NS + 1_250_000_000)


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (b"2026-03-01T", 20513),
        (b"2024-02-29 ", 19782),
        (b"1970-01-01T", 0),
        (b"2078-12-31T", 39811),
        (b"2000-12-31T", 11322),
    ],
)
def test_dated_stamps_count_from_1970(scan: Scan, date: bytes, day: int) -> None:
    midnight_ns = day * DAY_NS
    events, _ = taken(
        scan,
        b"[" + date + b'10:00:01:005] [msg-in] [3,"1",{}]\n',
        (25, 0, midnight_ns + TEN_O_CLOCK_NS, midnight_ns + DAY_NS),
    )

    (message,) = events
    assert isinstance(message, OcppMessage)
    assert message.stamp_ns == midnight_ns + TEN_O_CLOCK_NS + 1_005_000_000


@pytest.mark.parametrize(
    "frame",
    [
        b'[3,"1",{"deep":' + b"[" * 58 + b"]" * 58 + b"}]",
        b'\t[ 3\t, "1" ,\t{ "a" : [ -0.5e+3 , { "b" : "" , "a" : null } ] , "a" : true }]',
        '[2,"é-1","Größe",{"µ":"\x7f"}]'.encode(),
        b'[3,"1",{"text":"\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00E9 \\ud7ff"}]',
    ],
)
def test_unusual_frames_are_taken(scan: Scan, frame: bytes) -> None:
    assert taken(scan, STAMP + b" [msg-in] " + frame + b"\n")[1][1] == 1


@pytest.mark.parametrize(
    "line",
    [
        STAMP + b' [msg-in] [3,"1",{"deep":' + b"[" * 60 + b"]" * 60 + b"}]",
        STAMP + b' [msg-in] [3,"1",{}] ',
        STAMP + b' [msg-in] [3,"1",[]]',
        STAMP + b' [msg-in] [3,"",{}]',
        STAMP + b' [msg-in] [3,"\\u0031",{}]',
        STAMP + b' [msg-in] [3,"\xff",{}]',
        STAMP + b' [msg-in] [3,"1",{"a":"\\ud800"}]',
        STAMP + b' [msg-in] [3,"1",{"a":01}]',
        STAMP + b' [msg-in] [3,"1",{"a":1,}]',
        STAMP + b' [msg-in] [3,"1",{"a" "b"}]',
        STAMP + b' [msg-in] [3,"1",{"a":1;"b":2}]',
        STAMP + b' [msg-in] [3,"1",{"a":[}]]',
        STAMP + b' [msg-in] [3,"1",{"a":["b","c":"d"]}]',
        STAMP + b' [msg-in] [3,"1",{"a":["b","c":"d","e"]}]',
        STAMP + b' [msg-in] [3,"1",{"a":"b","c","d":"e"}]',
        STAMP + b' [msg-in] [3,"1",{"a":"b":"c","d":"e"}]',
        STAMP + b' [msg-in] [3,"1",{"a":NaN}]',
        STAMP + b' [msg-in] [3,"1",{"a":"\0"}]',
        STAMP + b' [msg-in] [3,"1",{"a":"open',
        STAMP + b' [msg-in] [2,"1","Heartbeat",{},{}]',
        STAMP + b' [msg-in] [4,"1","InternalError","",{}]',
        STAMP + b" [REQUEST] ",
        STAMP + b" [REQUEST",
        STAMP + b" [info]  Waiting for response message: none",
        STAMP + b" [info]   Waiting for response message",
        STAMP,
        b"[10:00:01;005] [REQUEST]",
        b"[1O:00:01:005] [REQUEST]",
        b"[09:59:59:999] [REQUEST]",
        b"[10:59:56:005] [REQUEST]",
        b"",
    ],
)
def test_what_is_not_plain_is_left_to_python(scan: Scan, line: bytes) -> None:
    before = STAMP + b" [REQUEST]\n"

    events, result = taken(scan, before + line + b"\n" + before)

    assert events == []
    stop_ns = TEN_O_CLOCK_NS + 1_005_000_000
    assert result == (len(before), 0, 1, stop_ns)


@pytest.mark.parametrize(
    "clock", [(15, 0, TEN_O_CLOCK_NS, DAY_NS), (14, 0, 1 << 62, 1 << 63), (14, -(1 << 80), 0, DAY_NS)]
)
def test_clocks_out_of_range_are_left_to_python(scan: Scan, clock: Clock) -> None:
    assert taken(scan, STAMP + b" [REQUEST]\n", clock)[1] == (0, 0, 0, clock[2])


@pytest.mark.parametrize(
    ("date", "lax"),
    [
        (b"2023-02-29T", "2023-03-01"),
        (b"2026-04-31T", "2026-05-01"),
        (b"2026-01-00T", "2025-12-31"),
        (b"2026-13-01T", "2027-01-01"),
        (b"1969-12-31T", "1969-12-31"),
        (b"2079-01-01T", "2079-01-01"),
        (b"2026-03-01_", "2026-03-01"),
        (b"2026/03/01T", "2026-03-01"),
    ],
)
def test_dates_that_are_none_or_out_of_range_are_left_to_python(scan: Scan, date: bytes, lax: str) -> None:
    ten_ns = (dt.date.fromisoformat(lax) - dt.date(1970, 1, 1)).days * DAY_NS + TEN_O_CLOCK_NS

    line = b"[" + date + b"10:00:01:005] [REQUEST]\n"
    assert taken(scan, line, (25, 0, ten_ns, ten_ns + DAY_NS))[1] == (0, 0, 0, ten_ns)


@pytest.mark.parametrize(
    ("stamp", "last_s"),
    [
        (b"[24:00:00:000]", 86_399),
        (b"[10:60:00:000]", 39_599),
        (b"[10:00:60:000]", 36_059),
        (b"[10:00:01:000]", 36_002),
    ],
)
def test_times_of_day_that_are_none_or_fall_are_left_to_python(scan: Scan, stamp: bytes, last_s: int) -> None:
    last_ns = last_s * 1_000_000_000

    assert taken(scan, stamp + b" [REQUEST]\n", (14, 0, last_ns, 2 * DAY_NS))[1] == (0, 0, 0, last_ns)


def test_a_new_day_is_left_to_python(scan: Scan) -> None:
    line = b"[10:00:01:000] [REQUEST]\n"

    assert taken(scan, line, (14, 0, TEN_O_CLOCK_NS, TEN_O_CLOCK_NS + 1_000_000_001))[1][2] == 1
    assert taken(scan, line, (14, 0, TEN_O_CLOCK_NS, TEN_O_CLOCK_NS + 1_000_000_000))[1][2] == 0


def test_a_block_that_does_not_end_with_a_newline_is_not_looked_at(scan: Scan) -> None:
    data = STAMP + b" [REQUEST]\n" + STAMP + b' [msg-in] [3,"1",{}]'

    for start in (0, 25, len(data), len(data) + 1, -1):
        assert scan(data, start, 0, UNDATED, [], frozenset()) == (start, 0, 0, TEN_O_CLOCK_NS)


def test_every_beginning_of_a_block_is_read_within_its_bounds(scan: Scan) -> None:
    line = STAMP + b' [msg-in] [2,"1","Authorize",{"a":[1.5e3,true,"\\u00e9"]}]\n'

    for size in range(len(line) - 1):
        assert taken(scan, line[:size] + b"\n")[1][1] == 0
    assert taken(scan, line)[1][1] == 1


def test_errors_of_python_come_through(scan: Scan) -> None:
    with pytest.raises(TypeError, match="list"):
        scan(STAMP + b" [REQUEST]\n", 0, 0, UNDATED, (), frozenset())  # type: ignore[arg-type]


def test_the_environment_can_force_the_python_loop() -> None:
    program = (
        "from perfkit_analyzers.logtext.blocks import _is_plain\n"
        "from perfkit_analyzers.readers.octt_text import SCANNER\n"
        "print(SCANNER, _is_plain)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PERFKIT_PURE": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "python None"


def test_bytes_are_plain_where_nothing_is_to_be_cleaned(
    is_plain: Callable[[bytes], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_is_plain", lambda _data: False)
    for size in (1, 15, 16, 17, 64, 100):
        for place in {0, size // 2, size - 1}:
            for byte in range(256):
                data = b"a" * place + bytes([byte]) + b"~" * (size - place - 1)
                assert is_plain(data) == (byte < 0x80 and not 0x0C <= byte <= 0x1B)
                assert not is_plain(data) or blocks.clean(data) == data

    assert is_plain(b"")
    assert is_plain(b"[10:00:01:005] [REQUEST]\n\tindented\n" * 1000)
    with pytest.raises(TypeError, match="bytes, not str"):
        is_plain("text")  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [True, False])
def test_blocks_are_cleaned_only_where_they_are_not_plain(answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_is_plain", lambda _data: answer)

    assert blocks.clean(b"\x1b[31mred\r\n\xe9") == (b"\x1b[31mred\r\n\xe9" if answer else "red\né".encode())


@pytest.mark.parametrize("seed", [1, 2])
def test_no_piece_of_a_damaged_log_is_wrongly_plain(is_plain: Callable[[bytes], bool], seed: int) -> None:
    assert wrongly_plain(corpus(2000, seed), is_plain, seed) is None
