"""The file that a session is appended to, line by line, whatever happens to disk and process.

Each line is handed to the system in one write at once, so that a killed process loses at most the line being written.
The disk is told to keep it (fsync) with each header, gap and event, and otherwise after at most 10 s, so that a power
cut loses no more than that. While the disk is full, lines wait in memory; when there are too many, further samples are
dropped until there is room, and their number is written into a gap.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from perfkit.core.errors import UsageError
from perfkit.core.monitor_reader import may_be_monitor_record
from perfkit.core.monitor_record import Event, EventKind, Gap, GapCause, Quantity, Record, Sample, encode
from perfkit_probes.monitor.moments import Moment

_BACKLOG_LINES = 10_000
_SYNC_EVERY_S = 10.0
_HEAD_BYTES = 64


class Disk(Protocol):
    """The end of a file; tests pass one that is full when they like."""

    def append(self, data: bytes) -> int:
        """Write what fits, at least one byte; returns how many.

        Raises:
            OSError: nothing fits, or the file cannot be written.
        """

    def sync(self) -> None:
        """Have everything that was written kept through a power cut."""

    def close(self) -> None:
        """Let go of the file."""


class AppendedFile:
    """A file opened for appending alone, by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Open or create `path`; half a line at its end is ended first, so that what follows can be read.

        Raises:
            UsageError: it cannot be written, holds something else, or another monitor is writing it.
        """
        self._path = path
        self._is_new = not (path.exists() or path.is_symlink())
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
        try:
            _take(self._file, path)
            _refuse_foreign(self._file, path)
            if _ends_in_half_a_line(self._file):
                os.write(self._file, b"\n")
        except OSError as error:
            os.close(self._file)
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
        except UsageError:
            os.close(self._file)
            raise

    def append(self, data: bytes) -> int:
        """Write what fits; returns how many bytes."""
        return os.write(self._file, data)

    def sync(self) -> None:
        """Have everything that was written kept through a power cut."""
        os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file; a new one in which nothing was written goes away again."""
        if self._is_new and os.fstat(self._file).st_size == 0:
            with contextlib.suppress(OSError):  # Windows keeps a file that is open; an empty one does no harm
                self._path.unlink()
        os.close(self._file)


def _take(file: int, path: Path) -> None:
    """Keep other monitors away from the file for as long as it is open (POSIX)."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"{path} is being written by another `perfkit monitor`; choose another file, or with --campaign another "
            "--label"
        ) from None


def _refuse_foreign(file: int, path: Path) -> None:
    """Append to records of the monitor alone: anything else would be spoilt."""
    os.lseek(file, 0, os.SEEK_SET)
    head = os.read(file, _HEAD_BYTES) if path.is_file() else b""
    if head and not may_be_monitor_record(head):
        raise UsageError(f"{path} exists and is no record of `perfkit monitor`; choose another file")


def _ends_in_half_a_line(file: int) -> bool:
    size = os.lseek(file, 0, os.SEEK_END)
    if size == 0:
        return False
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1) != b"\n"


class RecordFile:
    """Takes records and sees that they get onto the disk, in their order.

    `trouble` is why they do not at present, None while they do; `waiting_lines` how many wait for room.
    """

    def __init__(self, disk: Disk, *, backlog_lines: int = _BACKLOG_LINES) -> None:
        self._disk = disk
        self._limit = backlog_lines
        self._waiting: deque[bytes] = deque()
        self._dropped = 0
        self._last_kept: Moment | None = None
        self._last_sync: Moment | None = None
        self._is_room_said = False
        self.trouble: str | None = None

    @property
    def waiting_lines(self) -> int:
        """Lines that the disk has not taken."""
        return len(self._waiting)

    def write(self, records: Iterable[Record], now: Moment) -> list[Event]:
        """Write what has been waiting and `records`; returns what is to be said about the disk."""
        must_keep = self._last_sync is None or now.seconds_since(self._last_sync) >= _SYNC_EVERY_S
        for record in records:
            must_keep = must_keep or not isinstance(record, Sample)
            self._accept(record, now)
        error = self._pour()
        if error is None and must_keep:
            error = self._sync(now)
        if error is not None and self.trouble is None:
            return [self._failed(error, now)]
        if error is None and self.trouble is not None:
            return self._recovered(now)
        return []

    def _accept(self, record: Record, now: Moment) -> None:
        if isinstance(record, Sample) and len(self._waiting) >= self._limit:
            self._dropped += 1
            return
        self._waiting.append(encode(record))
        if not self._dropped:
            self._last_kept = now

    def _pour(self) -> OSError | None:
        """Write what is waiting; the error that stopped it."""
        while self._waiting:
            try:
                written = self._disk.append(self._waiting[0])
            except OSError as error:
                return error
            if written < len(self._waiting[0]):
                self._waiting[0] = self._waiting[0][written:]
            else:
                self._waiting.popleft()
        return None

    def _sync(self, now: Moment) -> OSError | None:
        try:
            self._disk.sync()
        except OSError as error:
            return error
        self._last_sync = now
        return None

    def _failed(self, error: OSError, now: Moment) -> Event:
        self.trouble = error.strerror or str(error)
        detail = f"the record cannot be written: {self.trouble}; lines wait in memory"
        event = Event(now.time, now.monotonic_s, EventKind.DISK_FULL, detail)
        self._waiting.append(encode(event))
        return event

    def _recovered(self, now: Moment) -> list[Event]:
        if self._is_room_said:  # it was full again before that could be written; now it has been
            self.trouble, self._is_room_said = None, False
            return []
        detail = f"the record can be written again; {self._dropped or 'no'} samples were lost"
        event = Event(now.time, now.monotonic_s, EventKind.DISK_ROOM, detail)
        if self._dropped and self._last_kept is not None:
            self._waiting.append(encode(self._gap(self._last_kept, now)))
        self._waiting.append(encode(event))
        self._dropped, self._last_kept = 0, now
        error = self._pour() or self._sync(now)
        self._is_room_said = error is not None
        self.trouble = None if error is None else error.strerror or str(error)
        return [event]

    def _gap(self, start: Moment, now: Moment) -> Gap:
        return Gap(
            time=now.time,
            monotonic_s=now.monotonic_s,
            quantity=Quantity.ALL,
            cause=GapCause.DISK_FULL,
            reason=f"the record could not be written: {self.trouble}",
            start=start.time,
            end=now.time,
            seconds=round(now.seconds_since(start), 3),
            lost_samples=self._dropped,
        )

    def close(self) -> None:
        """Let go of the file; what the disk did not take is lost."""
        self._disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
