from __future__ import annotations

import argparse
import itertools
import json
import re

import pytest

from benchmarks import straightforward
from benchmarks.generate_log import log_blocks, parse_size

LINE = re.compile(r"\[(\d\d):(\d\d):(\d\d):(\d{3})\] \[([A-Za-z_-]+)\](?:  (.*))?")
DAY_MS = 86_400_000


def _text(size_bytes: int, *, seed: int = 1, dense: bool = False, single: bool = False) -> str:
    return b"".join(log_blocks(size_bytes, seed=seed, dense=dense, single=single)).decode()


def _body(text: str) -> list[tuple[int, str, str]]:
    """Millisecond of the day, tag and text of every line with a stamp."""
    matches = [match for line in text.splitlines() if (match := LINE.fullmatch(line))]
    return [
        (((int(hour) * 60 + int(minute)) * 60 + int(second)) * 1000 + int(millisecond), tag, rest or "")
        for hour, minute, second, millisecond, tag, rest in (match.groups() for match in matches)
    ]


def test_same_seed_same_bytes_other_seed_other_bytes() -> None:
    assert _text(300_000) == _text(300_000)
    assert _text(300_000) != _text(300_000, seed=2)


@pytest.mark.parametrize("dense", [False, True])
def test_every_line_has_its_place_and_every_frame_is_valid(dense: bool) -> None:
    text = _text(400_000, dense=dense)
    body = _body(text)
    frames = [json.loads(rest) for _, tag, rest in body if tag.startswith("msg-")]
    markers = [tag for _, tag, _ in body if tag in {"REQUEST", "RESPONSE"}]

    assert [{2: "REQUEST", 3: "RESPONSE", 4: "RESPONSE"}[frame[0]] for frame in frames] == markers
    assert {frame[2] for frame in frames if frame[0] == 2} >= {"MeterValues", "StartTransaction", "TriggerMessage"}
    header_lines = sum(1 for line in text.splitlines() if " : " in line[:30] and not line.startswith("["))
    assert header_lines == 10 * text.count("Test Case Name : ")


def test_size_is_reached_and_passed_by_less_than_a_session_and_a_header() -> None:
    assert 0 <= len(_text(1_000_000)) - 1_000_000 < 40_000


def test_test_cases_of_200_kb_or_a_single_one() -> None:
    assert _text(1_000_000).count("Test Case Name : ") == 5
    assert _text(1_000_000, single=True).count("Test Case Name : ") == 1


def test_clock_never_goes_back_and_passes_midnight() -> None:
    stamps = [stamp_ms for stamp_ms, _, _ in _body(_text(3_000_000, single=True, dense=True))]
    steps = [after - before for before, after in itertools.pairwise(stamps)]

    assert all(step >= 0 or step < -DAY_MS // 2 for step in steps)
    assert sum(step < 0 for step in steps) >= 1


def test_unanswered_requests_and_call_errors_occur() -> None:
    text = _text(3_000_000, dense=True)

    assert straightforward.analyze(text.splitlines()).unanswered > 0
    assert text.count('[4,"') > 0


@pytest.mark.parametrize(
    ("text", "size_bytes"), [("200kB", 200_000), ("10 MB", 10_000_000), ("1GB", 1_000_000_000), ("77", 77)]
)
def test_size_in_words(text: str, size_bytes: int) -> None:
    assert parse_size(text) == size_bytes


def test_what_is_no_size_is_refused() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="'big' is no size; write 200kB, 10MB or 1GB"):
        parse_size("big")
