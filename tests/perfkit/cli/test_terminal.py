from __future__ import annotations

import io

import pytest

from perfkit.cli.terminal import has_colour, width_columns


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)


def test_colour_on_a_terminal_only() -> None:
    assert has_colour(Terminal())
    assert not has_colour(io.StringIO())


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_declined(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    assert not has_colour(Terminal())


def test_empty_no_color_declines_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")

    assert has_colour(Terminal())


def test_pipe_is_wide_unless_columns_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert width_columns(io.StringIO()) == 120
    monkeypatch.setenv("COLUMNS", "90")
    assert width_columns(io.StringIO()) == 90
    monkeypatch.setenv("COLUMNS", "10")
    assert width_columns(Terminal()) == 60


def test_closed_stream_is_no_terminal() -> None:
    stream = Terminal()
    stream.close()

    assert not has_colour(stream)
