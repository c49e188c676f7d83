"""Raw lines and message sequences for a report, from the logs of its result as far as they are unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.errors import InputError
from perfkit.report.content.rows import TracedRow, headline_rows
from perfkit.report.inputs import SequenceMessage
from perfkit_analyzers.excerpt import digest_and_lines
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.traffic import read_traffic

MAX_SEQUENCE = 60
"""Messages of a sequence diagram that still fits on a page."""

_INSIDE = "!/"


@dataclass(frozen=True, slots=True)
class RawMaterial:
    """Lines by file and number, sequences by row; `absent` are logs that are not there or have changed."""

    raw_lines: dict[str, dict[int, str]]
    sequences: dict[int, tuple[SequenceMessage, ...]]
    absent: tuple[str, ...]


def raw_material(document: AnalysisDocument, rows: dict[int, TracedRow], folders: Sequence[Path]) -> RawMaterial:
    """The lines of these rows. A log is looked for at its path in the result, then below `folders`.

    A log whose digest is not that of the result is not used: its lines would not be those that were measured.
    """
    digests = {info.path: info.sha256 for info in document.inputs}
    wanted: dict[str, set[int]] = {}
    for row in rows.values():
        wanted.setdefault(row.file, set()).update(row.ends.values())
    raw_lines: dict[str, dict[int, str]] = {}
    places: dict[str, tuple[str, str]] = {}
    for file, numbers in wanted.items():
        for path, name in _candidates(file, folders):
            digest, lines = _read(path, name, numbers)
            if digest is not None and digest == digests.get(file):
                raw_lines[file], places[file] = lines, (path, name)
                break
    heads = (rows[number] for number in headline_rows(document).values() if number in rows)
    sequences = {row.number: _sequence(row, *places[row.file]) for row in heads if row.file in places}
    kept = {number: messages for number, messages in sequences.items() if 1 < len(messages) <= MAX_SEQUENCE}
    return RawMaterial(raw_lines, kept, tuple(sorted(wanted.keys() - raw_lines.keys())))


def _read(path: str, name: str, numbers: set[int]) -> tuple[str | None, dict[int, str]]:
    try:
        return digest_and_lines(path, name, numbers)
    except InputError:  # it is not there any more, or not what it was: the report says so
        return None, {}


def _candidates(file: str, folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Where a log may be: (path on disk, its name as the readers call it)."""
    outer, mark, inner = file.partition(_INSIDE)
    paths = [Path(outer)]
    for folder in folders:
        parts = Path(outer).parts
        paths += [folder.joinpath(*parts[start:]) for start in range(len(parts)) if parts[start] not in {"/", ".."}]
    for path in dict.fromkeys(paths):
        if path.is_file():
            yield str(path), f"{path.as_posix()}{mark}{inner}"


def _sequence(row: TracedRow, path: str, name: str) -> tuple[SequenceMessage, ...]:
    """The messages from the request to the end of the interval; answers carry the action of their request."""
    last = row.to_line or row.request_line
    seen = (entry.what for entry in read_traffic([path]) if entry.file == name)
    messages = (message for message in seen if isinstance(message, OcppMessage))
    until_end = takewhile(lambda message: message.line <= last, messages)  # a log may have millions of lines
    return tuple(_drawn(message for message in until_end if message.line >= row.request_line))


def _drawn(messages: Iterable[OcppMessage]) -> Iterator[SequenceMessage]:
    actions: dict[tuple[bool, str], str] = {}
    for message in messages:
        from_dut = message.direction is Direction.IN
        identity = str(message.message_id)
        if message.type is MessageType.CALL:
            actions[from_dut, identity] = message.action or ""
        action = message.action or actions.get((not from_dut, identity), "")
        yield SequenceMessage(message.line, message.stamp_ns, from_dut, message.type.name, action, identity)
