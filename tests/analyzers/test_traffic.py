from __future__ import annotations

from pathlib import Path

from perfkit_analyzers.exchange import Ending, Exchange
from perfkit_analyzers.ocpp_message import OcppMessage
from perfkit_analyzers.traffic import Seen, read_traffic
from tests.vectors import octt

FIRST = octt(
    """
    12:00:00.100 > 1 Reset {"type": "Soft"}
    12:00:00.200 < 1 Heartbeat {}
    12:00:00.250 > 1 {"currentTime": "x"}
    12:00:00.400 < 1 {"status": "Accepted"}
    12:00:00.500 > 2 ClearCache {}
    12:00:00.600 < 9 {}
    12:00:00.800 [info] Disconnected from System Under Test
    12:00:00.900 [info] successfully connected to System Under Test
    12:00:01.000 > 3 ClearCache {}
    """,
    test_case="TC_001_CS",
)
SECOND = octt("12:00:00.100 > 2 ClearCache {}\n12:00:00.130 < 2 {}", test_case="TC_002_CS")


def traffic(tmp_path: Path, *logs: str) -> list[Seen]:
    paths = []
    for number, log in enumerate(logs):
        path = tmp_path / f"{number}.log"
        path.write_text(log)
        paths.append(str(path))
    return list(read_traffic(paths))


def exchanges(seen: list[Seen]) -> list[tuple[int, str | None, int, int | None, Ending]]:
    return [
        (s.run, s.test_case, s.what.call.line, s.what.answer.line if s.what.answer else None, s.what.ending)
        for s in seen
        if isinstance(s.what, Exchange)
    ]


def test_every_message_is_seen_once_in_order(tmp_path: Path) -> None:
    lines = [(s.file[-5:], s.what.line) for s in traffic(tmp_path, FIRST, SECOND) if isinstance(s.what, OcppMessage)]

    assert lines == [*(("0.log", line) for line in (2, 3, 4, 5, 6, 7, 10)), ("1.log", 2), ("1.log", 3)]


def test_every_call_ends_as_one_exchange_of_its_run(tmp_path: Path) -> None:
    assert exchanges(traffic(tmp_path, FIRST + SECOND)) == [
        (0, "TC_001_CS", 3, 4, Ending.ANSWERED),
        (0, "TC_001_CS", 2, 5, Ending.ANSWERED),
        (0, "TC_001_CS", 6, None, Ending.DISCONNECTED),
        (0, "TC_001_CS", 10, None, Ending.UNANSWERED),
        (1, "TC_002_CS", 14, 15, Ending.ANSWERED),
    ]


def test_runs_are_counted_over_files(tmp_path: Path) -> None:
    assert {(s.file[-5:], s.run) for s in traffic(tmp_path, FIRST + SECOND, SECOND)} == {
        ("0.log", 0),
        ("0.log", 1),
        ("1.log", 2),
    }


def test_retransmission_ends_with_the_answer_of_the_newer(tmp_path: Path) -> None:
    log = octt("12:00:00.100 > 1 ClearCache {}\n12:00:00.200 > 1 ClearCache {}\n12:00:00.300 < 1 {}")

    assert [(call, ending) for _, _, call, _, ending in exchanges(traffic(tmp_path, log))] == [
        (3, Ending.ANSWERED),
        (2, Ending.RETRANSMITTED),
    ]
