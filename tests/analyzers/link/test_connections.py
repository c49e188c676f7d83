from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.monitor_record import Event, EventKind
from perfkit.core.network_join_record import ConnectionCheck
from perfkit_analyzers.assess import analyze
from tests.analyzers.link.records import at, sample, session, write
from tests.vectors import octt


def document(tmp_path: Path, opened: list[float], connected: list[str]) -> AnalysisDocument:
    """A log that tells its zone and says at these times that the station connected; the monitor saw it at others."""
    events = [Event(at(when), when, EventKind.CONNECTION_OPENED, "10.0.0.1:9000 - 10.0.0.2:4711") for when in opened]
    record = write(tmp_path / "m.jsonl", [session(passive_s=1.0), sample(0, 50.0), *events])
    lines = [f"2026-06-08T14:{when} [info] Successfully connected to System Under Test" for when in connected]
    body = "\n".join(
        [
            "2026-06-08T14:00:00.500 < h Heartbeat {}",
            '2026-06-08T14:00:00.500 > h {"currentTime":"2026-06-08T12:00:00.500Z"}',
            *lines,
            "2026-06-08T14:20:00.000 > 1 ClearCache {}\n2026-06-08T14:20:00.200 < 1 {}",
        ]
    )
    (tmp_path / "a.log").write_text(octt(body))
    return analyze([str(tmp_path / "a.log")], network=[record]).document


def check(found: AnalysisDocument) -> ConnectionCheck | None:
    assert found.network is not None
    return found.network.connections


def disagreements(found: AnalysisDocument) -> list[str]:
    return [text for text in found.warnings if "that both saw begin" in text]


def test_connections_that_agree_are_stated(tmp_path: Path) -> None:
    found = document(tmp_path, [60.0, 300.0, 600.0], ["01:00.400", "05:00.900", "10:01.000"])

    assert check(found) == ConnectionCheck(3, 0.9, 1.0)
    assert disagreements(found) == []


@pytest.mark.parametrize(
    ("connected", "sentence"),
    [
        ("01:12.000", "the log's clock seems 12.0 s ahead of the monitor's by 1 connection that both saw begin"),
        ("00:50.500", "the log's clock seems 9.5 s behind the monitor's by 1 connection"),
    ],
)
def test_a_clock_that_is_further_off_than_assumed_is_warned_of(tmp_path: Path, connected: str, sentence: str) -> None:
    (warning,) = disagreements(document(tmp_path, [60.0], [connected]))

    assert warning.startswith(sentence)
    assert "state it with --log-clock-offset" in warning


def test_what_only_one_of_them_saw_says_nothing(tmp_path: Path) -> None:
    assert check(document(tmp_path, [], ["01:00.400"])) is None
    assert check(document(tmp_path, [60.0], [])) is None
    assert check(document(tmp_path, [60.0], ["09:00.000"])) is None
    assert check(document(tmp_path, [0.5], ["00:01.000"])) is None  # may have been open before the monitor began
