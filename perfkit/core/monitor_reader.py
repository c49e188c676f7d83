"""Records of `perfkit monitor`, read line by line: what cannot be read is counted and shown, never the end.

A file may end in half a line (the power went while it was written), and hold such a line in the middle, where the next
session was begun after it. Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.monitor_record import SCHEMA, Record, Session, decode

_SHOWN = 20
_CUT = "half a line, written when the power went or perfkit was killed"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FAMILY = SCHEMA.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that holds no record. `is_cut`: the beginning of one, written when power or process ended."""

    file: str
    line: int
    reason: str
    is_cut: bool

    def __str__(self) -> str:
        """Say it in one line: `file:line: reason`."""
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, the number of its line (from 1), and the session that it belongs to (itself, if it is a header)."""

    line: int
    record: Record
    session: Session


class MonitorReader:
    """The records of one file in their order; iterate once.

    Afterwards, and meanwhile, `unreadable_count` and `cut_count` say how many lines were passed over, `unreadable`
    holds the first of them, `line_count` counts the lines.
    """

    def __init__(self, lines: Iterable[bytes], name: str) -> None:
        """Read `lines` (an open binary file) of the file that messages call `name`."""
        self.name = name
        self.line_count = 0
        self.unreadable_count = 0
        self.cut_count = 0
        self.unreadable: list[Unreadable] = []
        self._lines = lines
        self._session: Session | None = None

    def __iter__(self) -> Iterator[Entry]:
        """The entries.

        Raises:
            InputError: the file is no record of the monitor, or one of a schema that this version does not know.
        """
        for read in self._lines:
            self.line_count += 1
            line = read.removeprefix(_BYTE_ORDER_MARK) if self.line_count == 1 else read
            record = self._record(line) if line.strip() else None
            if isinstance(record, Session):
                self._check_schema(record.schema)
                self._session = record
            if record is not None and self._session is not None:
                yield Entry(self.line_count, record, self._session)
        if self._session is None:
            why = f" ({self.unreadable[0].reason})" if self.unreadable else ""
            what = f"no session in it{why}" if self.line_count else "empty"
            raise InputError(f"{self.name}: {what}, not a monitor's record")

    def _record(self, line: bytes) -> Record | None:
        try:
            record = decode(line)
        except msgspec.ValidationError as error:
            self._check_schema(_schema_of(line))
            self._pass_over(line, f"no record of {SCHEMA}: {error}", is_cut=False)
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            is_cut = _is_cut(line.strip(), str(error))
            self._pass_over(line, _CUT if is_cut else f"no JSON: {error}", is_cut=is_cut)
            return None
        if self._session is None and not isinstance(record, Session):
            self._pass_over(line, "a record before the first session's header", is_cut=False)
            return None
        return record

    def _pass_over(self, line: bytes, reason: str, *, is_cut: bool) -> None:
        if self._session is None and self.line_count == 1 and not may_be_monitor_record(line):
            raise InputError(f"{self.name}:1: this is not a record of `perfkit monitor` ({reason})")
        self.unreadable_count += 1
        self.cut_count += is_cut
        if len(self.unreadable) < _SHOWN:
            self.unreadable.append(Unreadable(self.name, self.line_count, reason, is_cut))

    def _check_schema(self, schema: str) -> None:
        if schema != SCHEMA:
            raise InputError(
                f"{self.name}:{self.line_count}: schema {schema!r} is not known to this version of perfkit, "
                f"which reads {SCHEMA}"
            )


class _Header(msgspec.Struct, tag_field="record", tag="session"):
    """What a header of any version says of itself."""

    schema: str


def _schema_of(line: bytes) -> str:
    """The schema that a line names as the header of a session, this version's where it is no header."""
    try:
        return msgspec.json.decode(line, type=_Header).schema
    except (msgspec.DecodeError, UnicodeDecodeError):
        return SCHEMA


def _is_cut(line: bytes, why_not_json: str) -> bool:
    """Whether a line that is no JSON is the beginning of one; after a power cut zeros may stand for what is lost."""
    is_begun = line.startswith(b"{") and (not line.endswith(b"}") or "truncated" in why_not_json)
    return is_begun or b"\0" in line


_HEADER = b'{"record":"session","schema":"' + _FAMILY.encode() + b"/"


def is_monitor_record(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a monitor's record.

    Examples:
        >>> is_monitor_record(b'{"record":"session","schema":"perfkit.monitor/1","session":"4f2a"')
        True
        >>> is_monitor_record(b'[2,"4711","Heartbeat",{}]')
        False
    """
    return head.startswith(_HEADER)


def may_be_monitor_record(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a monitor's record, or what was written of one before a crash."""
    first = head.partition(b"\n")[0]
    return is_monitor_record(head) or (first != b"" and _HEADER.startswith(first))
