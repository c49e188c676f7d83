from __future__ import annotations

import io
import sys
import threading

import pytest

from perfkit.cli import network_progress
from perfkit.cli.network_progress import NetworkProgress
from perfkit_probes.budget import Budget


class Screen(io.StringIO):
    """A terminal that tells when a text has been shown on it."""

    def __init__(self, *wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self.has_shown = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        if all(one in self.getvalue() for one in self._wanted):
            self.has_shown.set()
        return written


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_progress, "_EVERY_S", 0.01)
    monkeypatch.setattr(network_progress, "is_terminal", lambda stream: stream.isatty())


def test_the_line_ticks_with_the_bytes_while_a_step_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(" 1 kB  latency", " 2 kB  latency", " 3 kB  latency")
    monkeypatch.setattr(sys, "stderr", screen)
    used = iter(range(1000, 1_000_000, 1000))
    with NetworkProgress() as progress:
        progress.step("2g", "latency", lambda: next(used))
        assert screen.has_shown.wait(30)
    shown = screen.getvalue()
    assert shown.endswith("\r\x1b[K"), "the line is wiped at the end"
    assert "\n" not in shown
    assert "progress" not in {thread.name for thread in threading.enumerate()}


def test_a_sentence_stands_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with NetworkProgress() as progress:
        progress.step("4g", "require", lambda: 0)
        progress.tell("something happened")
    assert "\r\x1b[Kperfkit: something happened\n" in screen.getvalue()


def test_where_nobody_watches_only_sentences_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = io.StringIO()
    monkeypatch.setattr(sys, "stderr", paper)
    with NetworkProgress() as progress:
        progress.budget({"2g": Budget(100_000, 60.0), "wired": Budget(10_000_000, 60.0)})
        progress.step("2g", "latency", lambda: 5)
        assert "progress" not in {thread.name for thread in threading.enumerate()}
    assert paper.getvalue() == (
        "perfkit: at most 2G 100 kB, wired 10 MB (IP bytes, both directions) will be sent and received\n"
    )


def test_a_terminal_that_was_closed_disturbs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with NetworkProgress() as progress:
        screen.close()
        progress.step("2g", "latency", lambda: 5)
        progress.tell("still here")
