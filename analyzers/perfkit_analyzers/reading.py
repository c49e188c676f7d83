"""Reads every input into one campaign: in order, or large plain logs in parts on several processors.

A part begins with a run, since ids, connection, date and connector states start anew there (docs/method.md). It is
warmed up by the run before it, whose open transactions it needs. Results do not depend on how the input was cut.
"""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from perfkit.core.errors import InputError
from perfkit.core.garbage import rare_collections
from perfkit.core.policy import Policy
from perfkit_analyzers.campaign import Campaign
from perfkit_analyzers.dialects.table import REPORTS
from perfkit_analyzers.inputs.files import InputFile, open_inputs
from perfkit_analyzers.message import LineTally
from perfkit_analyzers.readers.base import LogReader
from perfkit_analyzers.readers.table import format_named, open_log
from perfkit_analyzers.runs import Dut
from perfkit_analyzers.totals import CampaignTotals

if TYPE_CHECKING:
    from perfkit.core.analysis_record import IgnoredInput, InputInfo

PARALLEL_BYTES = 32 << 20
"""Plain logs of this size together are worth starting further processes."""
PART_BYTES = 16 << 20
"""Smallest part that is worth a cut."""
MAX_PROCESSES = 8
PARTS_PER_PROCESS = 16
"""So that parts are joined while others are read, and that no process waits long for the last one."""

Progress = Callable[[int, int | None, str], None]


class Reading:
    """What was read and what was passed over.

    A log that lies there twice, perhaps unpacked beside its archive, counts once. What can be read once only (standard
    input) always counts, for its digest comes too late.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        self.inputs: list[InputInfo] = []
        self.ignored: list[IgnoredInput] = []
        self._names: dict[str, str] = {}
        self._sizes_bytes: set[int] = set()

    def may_hold(self, size_bytes: int | None) -> bool:
        """Whether a log of this size was read; True where the size is not known beforehand."""
        return bool(self._names) if size_bytes is None else size_bytes in self._sizes_bytes

    def is_copy(self, name: str, sha256: str) -> bool:
        """Whether this content was read before; then it is listed as passed over."""
        from perfkit.core.analysis_record import IgnoredInput

        original = self._names.get(sha256)
        if original is not None:
            self.ignored.append(IgnoredInput(name, f"the same content as {original}, counted once", original))
        return original is not None

    def note(self, file: InputFile, info: InputInfo | None) -> None:
        """List what was read; None for what is no log."""
        from perfkit.core.analysis_record import IgnoredInput

        if info is None:
            self.ignored.append(IgnoredInput(file.name, "not a log of a known format"))
            return
        self.inputs.append(info)
        self._names[info.sha256] = file.name
        self._sizes_bytes.add(file.size_bytes if file.size_bytes is not None else file.read_bytes)


def read_in_order(
    campaign: Campaign, paths: Sequence[str], stdin: BinaryIO | None, progress: Progress | None
) -> Reading:
    """Read one input after the other into `campaign`.

    Raises:
        InputError: an input cannot be read, or a named file is no log.
    """
    reading = Reading()
    done_bytes = 0
    for file in open_inputs(paths, stdin):
        sha256 = file.digest_beforehand() if reading.may_hold(file.size_bytes) else None
        if sha256 is None or not reading.is_copy(file.name, sha256):
            reading.note(file, _read_file(campaign, file))
        done_bytes += file.size_bytes or 0
        if progress is not None:
            progress(done_bytes, None, file.name)
    return reading


def read_on_all_processors(
    campaign: Campaign,
    paths: Sequence[str],
    stdin: BinaryIO | None,
    progress: Progress | None,
    *,
    meanwhile: Callable[[], None] | None = None,
) -> Reading:
    """The same result, with plain logs read in parts by several processes where that pays. Rows are not handed on.

    `meanwhile` is done here once they have their work, if there are any.

    Raises:
        InputError: an input cannot be read, or a named file is no log.
    """
    entries: list[tuple[InputFile, _Outcome | None]] = []
    for file in open_inputs(paths, stdin):
        entries.append((file, None if file.path is not None else _outcome(campaign.dut, campaign.policy, file)))
    total_bytes = sum(file.size_bytes or 0 for file, outcome in entries if outcome is None)
    processes = min(os.cpu_count() or 1, MAX_PROCESSES)
    if total_bytes < PARALLEL_BYTES or processes < 2:
        outcomes = (outcome or _outcome(campaign.dut, campaign.policy, file) for file, outcome in entries)
        return _join(
            campaign, ((file, outcome) for (file, _), outcome in zip(entries, outcomes, strict=True)), progress
        )
    with (
        ProcessPoolExecutor(processes, initializer=_leave_interrupts_to_the_parent) as pool,
        rare_collections(),  # here too: the results of thousands of runs arrive
    ):
        try:
            pending = [(file, outcome or _PendingFile(pool, processes, campaign, file)) for file, outcome in entries]
            if meanwhile is not None:
                meanwhile()
            return _join(campaign, _outcomes(pending), progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Outcome(msgspec.Struct):
    """A file that was read: None as `info` if it is no log."""

    totals: CampaignTotals
    info: InputInfo | None


def _join(campaign: Campaign, outcomes: Iterator[tuple[InputFile, _Outcome]], progress: Progress | None) -> Reading:
    reading = Reading()
    done_bytes = 0
    for file, outcome in outcomes:
        if outcome.info is None or file.reads_once or not reading.is_copy(file.name, outcome.info.sha256):
            campaign.totals.merge(outcome.totals)
            reading.note(file, outcome.info)
        done_bytes += file.size_bytes or 0
        if progress is not None:
            progress(done_bytes, None, file.name)
    return reading


def _outcome(dut: Dut, policy: Policy, file: InputFile) -> _Outcome:
    campaign = Campaign(dut, policy)
    info = _read_file(campaign, file)
    return _Outcome(campaign.totals, info)


def _read_file(campaign: Campaign, file: InputFile) -> InputInfo | None:
    """What was read from a file; None for a file in a folder or archive that is no log."""
    runs_before = len(campaign.totals.runs)
    with file.open() as stream:
        opened = open_log(stream, file.name)
        if opened is None:
            if file.named:
                what = "not a log of a known format; see docs/log-formats.md for what is read"
                raise InputError(f"{file.name}: {what if stream.size_bytes else 'the file is empty'}")
            return None
        opened.reader.tell_in_brief(REPORTS)
        with rare_collections():
            campaign.read(file.name, opened.reader)
    runs = len(campaign.totals.runs) - runs_before
    return _info(file.name, file.sha256 or "", opened.format.name, opened.reader.tally, runs)


def _info(name: str, sha256: str, log_format: str, tally: LineTally, runs: int) -> InputInfo:
    from perfkit.core.analysis_record import InputInfo

    return InputInfo(name, sha256, log_format, tally.lines, tally.messages, tally.narration, tally.skipped, runs)


# --- parts ------------------------------------------------------------------------------------------------------


class _PlainFile(msgspec.Struct, frozen=True):
    """A file that is read in parts: where it is, its name in the result, and its format."""

    path: str
    name: str
    format: str


class _Cut(msgspec.Struct, frozen=True):
    """A part of a plain file, and where the run before it begins (equal to `start` at the beginning)."""

    warm_up: int
    start: int
    end: int


class _PartResult(msgspec.Struct):
    totals: CampaignTotals
    tally: LineTally


def _outcomes(
    pending: Sequence[tuple[InputFile, _Outcome | _PendingFile]],
) -> Iterator[tuple[InputFile, _Outcome]]:
    """The outcome of each file in order."""
    for file, outcome in pending:
        yield file, outcome if isinstance(outcome, _Outcome) else outcome.result()


class _PendingFile:
    """A plain file whose parts are being read elsewhere."""

    def __init__(self, pool: ProcessPoolExecutor, processes: int, campaign: Campaign, file: InputFile) -> None:
        self._file = file
        self._dut, self._policy = campaign.dut, campaign.policy
        self._totals = CampaignTotals()
        self._format, cuts = _plan(file, processes)
        self._parts: list[Future[_PartResult]] = []
        if self._format is not None and file.path is not None:
            plain = _PlainFile(str(file.path), file.name, self._format)
            self._parts = [pool.submit(_read_part, plain, cut, campaign.dut, campaign.policy) for cut in cuts]

    def result(self) -> _Outcome:
        """Join the parts; the digest is computed meanwhile."""
        if self._format is None or self._file.path is None:
            return _outcome(self._dut, self._policy, self._file)
        with self._file.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        tally = LineTally()
        for part in self._parts:
            result = part.result()
            self._totals.merge(result.totals, lines_before=tally.lines)
            tally.lines += result.tally.lines
            tally.messages += result.tally.messages
            tally.narration += result.tally.narration
            tally.skipped += result.tally.skipped
        info = _info(self._file.name, sha256, self._format, tally, len(self._totals.runs))
        return _Outcome(self._totals, info)


def _plan(file: InputFile, processes: int) -> tuple[str | None, list[_Cut]]:
    """Name of the file's format and its parts; None and nothing when it is to be read in one piece here."""
    size_bytes = file.size_bytes or 0
    if file.path is None or size_bytes < PART_BYTES:
        return None, []
    with file.open() as stream:
        opened = open_log(stream, file.name)
    if opened is None or opened.format.run_marker is None:
        return None, []
    with file.path.open("rb") as content:
        parts = min(processes * PARTS_PER_PROCESS, size_bytes // PART_BYTES + 1)
        return opened.format.name, cuts(Searched(content, size_bytes), opened.format.run_marker, parts)


class Searched:
    """The bytes of a file, searched block by block: a mapping of the file would count as memory."""

    def __init__(self, stream: BinaryIO, size_bytes: int, block_bytes: int = 1 << 18) -> None:
        """Search `stream`, which has `size_bytes`."""
        self._stream = stream
        self._size_bytes = size_bytes
        self._block_bytes = block_bytes

    def __len__(self) -> int:
        """Size in bytes."""
        return self._size_bytes

    def find(self, wanted: bytes, start: int) -> int:
        """First place of `wanted` from `start` on; -1 if there is none."""
        for begin in range(start, self._size_bytes, self._block_bytes):
            found = self._block(begin, self._block_bytes + len(wanted) - 1).find(wanted)
            if found >= 0:
                return begin + found
        return -1

    def rfind(self, wanted: bytes, start: int, end: int) -> int:
        """Last place of `wanted` that lies within `start` and `end`; -1 if there is none."""
        while end - start >= len(wanted):
            begin = max(start, end - self._block_bytes)
            found = self._block(begin, end - begin).rfind(wanted)
            if found >= 0:
                return begin + found
            if begin == start:
                return -1
            end = begin + len(wanted) - 1
        return -1

    def _block(self, begin: int, size_bytes: int) -> bytes:
        self._stream.seek(begin)
        return self._stream.read(size_bytes)


def cuts(content: Searched | bytes, run_marker: bytes, parts: int) -> list[_Cut]:
    """About `parts` parts of about equal size, each beginning at a line that begins a run."""
    size_bytes = len(content)
    starts = [0]
    for number in range(1, parts):
        found = content.find(b"\n" + run_marker, max(starts[-1] + 1, size_bytes * number // parts))
        if found < 0:
            break
        starts.append(found + 1)
    ends = [*starts[1:], size_bytes]
    warm_ups = [max(0, content.rfind(b"\n" + run_marker, 0, max(0, start - 1)) + 1) for start in starts]
    return [_Cut(warm_up, start, end) for warm_up, start, end in zip(warm_ups, starts, ends, strict=True)]


def _read_part(file: _PlainFile, cut: _Cut, dut: Dut, policy: Policy) -> _PartResult:
    """Read one part; the run before it is read first for the transactions that it leaves open."""
    with Path(file.path).open("rb") as stream:
        left_open = None
        if cut.warm_up < cut.start:
            left_open = Campaign(dut, policy).read(file.name, _part_reader(file, stream, cut.warm_up, cut.start))
        reader = _part_reader(file, stream, cut.start, cut.end)
        reader.tell_in_brief(REPORTS)
        campaign = Campaign(dut, policy)
        with rare_collections():
            campaign.read(file.name, reader, left_open)
    return _PartResult(campaign.totals, reader.tally)


def _part_reader(file: _PlainFile, stream: BinaryIO, start: int, end: int) -> LogReader:
    """A reader of a part. What the name of a file tells belongs to its first run."""
    told_name = file.name if start == 0 else ""
    return format_named(file.format).read(_Range(stream, start, end), told_name)


class _Range:
    """The bytes of a file from `start` to `end` as a stream."""

    def __init__(self, stream: BinaryIO, start: int, end: int) -> None:
        self._stream = stream
        self._left = end - start
        stream.seek(start)

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
