from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from perfkit.core.analysis_record import AnalysisDocument
from perfkit_analyzers import reading
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.exchange import Ending, Exchange
from perfkit_analyzers.noted import NOTED_ACTIONS, Noted, NotedExchanges, PayloadTimesSeen, shift
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from tests.campaign_logs import CampaignLogs, boot, status


def exchange(action: str, line: int, answer: str, *, error: str | None = None) -> Exchange:
    kind = MessageType.CALLERROR if error else MessageType.CALLRESULT
    call = OcppMessage(line, 0, Direction.OUT, MessageType.CALL, "1", action, b"{}")
    answered = OcppMessage(line + 1, 1, Direction.IN, kind, "1", None, answer.encode(), error)
    return Exchange(call, answered, Ending.ANSWERED, 1, line + 1)


def lines(noted: NotedExchanges) -> list[tuple[str, int, int]]:
    return [(item.action, item.request_line, item.times) for item in noted.items]


def test_repeated_reads_are_one_until_something_changes() -> None:
    noted = NotedExchanges()
    for line in (1, 3, 5):
        noted.add(exchange("GetConfiguration", line, '{"a":1}'))
    noted.add(exchange("GetConfiguration", 7, '{"a":2}'))
    noted.add(exchange("ChangeConfiguration", 9, '{"status":"Rejected"}'))
    noted.add(exchange("GetConfiguration", 11, '{"a":1}'))

    assert lines(noted) == [
        ("GetConfiguration", 1, 3),
        ("GetConfiguration", 7, 1),
        ("ChangeConfiguration", 9, 1),
        ("GetConfiguration", 11, 1),
    ]


def test_changes_and_boots_are_never_joined() -> None:
    noted = NotedExchanges()
    for action in ("ChangeConfiguration", "ChangeConfiguration", "BootNotification", "BootNotification"):
        noted.add(exchange(action, 1, "{}"))

    assert len(noted.items) == 4
    assert {item.action for item in noted.items} <= NOTED_ACTIONS


def test_the_code_of_a_call_error_is_kept() -> None:
    noted = NotedExchanges()
    noted.add(exchange("SetVariables", 1, "{}", error="InternalError"))

    assert noted.items[0].error_code == "InternalError"


def test_times_with_and_without_fraction() -> None:
    seen = PayloadTimesSeen()
    for line, text in enumerate(["2026-05-04T08:00:00.1Z", "2026-05-04T08:00:00Z", "2026-05-04T08:00:01Z"], 10):
        seen.see(text, line)

    assert (seen.count, seen.with_fraction, seen.first_without) == (3, 1, 11)


def test_shifted_lines() -> None:
    items, times = [Noted("GetConfiguration", 5, 6, b"{}", b"{}")], PayloadTimesSeen(1, 0, 7)
    shift(items, times, 100)

    assert (items[0].request_line, items[0].answer_line, times.first_without) == (105, 106, 107)


def told(document: AnalysisDocument) -> str:
    parts = (document.configuration, document.identity, document.payload_times)
    return json.dumps([msgspec.to_builtins(part) for part in parts], indent=1)


def test_a_log_in_parts_tells_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs = CampaignLogs(tmp_path / "runs")
    for number in range(12):
        value = "300" if number < 7 else "60"
        answer = {"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": value}]}
        read = ("out", "GetConfiguration", {"key": ["HeartbeatInterval"]}, answer)
        logs.run(f"TC_{number:03}_CS", exchanges=[status("2026-05-04T08:00:00Z"), boot(f"1.{number // 5}"), read])
    joined = tmp_path / "joined.log"
    joined.write_text("\n\n".join(path.read_text() for path in logs.files))
    whole = analyze([str(joined)]).document
    monkeypatch.setattr(reading, "PARALLEL_BYTES", 1)
    monkeypatch.setattr(reading, "PART_BYTES", 500)
    monkeypatch.setattr(reading, "ProcessPoolExecutor", lambda number, initializer: ThreadPoolExecutor(number))
    monkeypatch.setattr("os.cpu_count", lambda: 5)
    in_parts = analyze([str(joined)]).document

    assert told(in_parts) == told(whole)
    (key,) = in_parts.configuration.keys
    assert (key.value, key.reads, [event.value for event in key.history]) == ("60", 12, ["300", "60"])
    assert [change.after for change in in_parts.identity.changes] == ["1.1", "1.2"]
    text = joined.read_text().splitlines()
    assert all("BootNotification" in text[change.place.line - 1] for change in in_parts.identity.changes)
    assert '"value": "60"' in text[key.place.line - 1]
