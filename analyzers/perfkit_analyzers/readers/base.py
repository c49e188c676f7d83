"""What every log format offers, and how its lines are counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from perfkit_analyzers.logtext.blocks import ByteStream
from perfkit_analyzers.message import LineTally, LogEvent


class LogReader(Protocol):
    """The events of one log in file order; read once."""

    @property
    def tally(self) -> LineTally:
        """Lines so far by kind; complete when the iteration has ended."""

    def tell_in_brief(self, actions: frozenset[str]) -> None:
        """Allow the answers to CALLs of the DUT of these actions to be told by `OcppMessage.answered_ns` alone."""

    def __iter__(self) -> Iterator[LogEvent]:
        """Read the log once, in flat memory."""


class LogFormat(Protocol):
    """A format of logs. `sniff` and `read` are all that the table needs; the samples prove them in the tests."""

    @property
    def name(self) -> str:
        """Short name for results and options, e.g. `octt-text`."""

    @property
    def title(self) -> str:
        """One line for a person."""

    @property
    def documentation(self) -> str:
        """Where the format is described."""

    @property
    def samples(self) -> tuple[str, ...]:
        """Two or more literal pieces of such a log (invented values)."""

    @property
    def run_marker(self) -> bytes | None:
        """What a line begins with that begins a run, so that a large log can be read in parts; None: in one piece."""

    def sniff(self, head: str) -> float:
        """How likely the text begins a log of this format: 0 (no) to 1 (certain). Never raises."""

    def read(self, stream: ByteStream, name: str) -> LogReader:
        """A reader of `stream`; `name` is the display path (a file name can carry the test case and its start)."""
