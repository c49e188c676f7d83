"""Everything `perfkit analyze` writes, opened before the logs are read, and what it notes of the rows that go by."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from perfkit.cli.earlier_results import keep_earlier
from perfkit.cli.output_file import OutputFile, written_by_perfkit
from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.core.analysis_record import AnalysisDocument
    from perfkit.report.samples import SampleWriter
    from perfkit_analyzers.campaign import SkippedSink
    from perfkit_analyzers.message import Skipped
    from perfkit_analyzers.totals import Record

RESULT_NAME = "result.json"
SAMPLES_NAME = "samples.csv"
_SPOOL_BYTES = 8 << 20


class AnalysisOutputs:
    """Opens the files that the options name; `finish` puts all of them in place.

    `takers` get every row, `skipped_taker` every skipped line, None where nobody wants them.

    `kept` is where `finish` moved the result that was there before, None where it moved none.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Open everything.

        Raises:
            UsageError: a path cannot be written, is an input, or is named twice.
        """
        self._arguments = arguments
        self.kept: Path | None = None
        self.takers: list[Callable[[Record], None]] = []
        self.skipped_taker: SkippedSink | None = None
        self._files: list[OutputFile] = []
        self._samples: list[SampleWriter] = []
        self._junit: OutputFile | None = None
        self._result: OutputFile | None = None
        self._excluded: IO[str] | None = None
        self._skipped: IO[str] | None = None
        self._explained: _Explained | None = None
        self._stack = ExitStack()
        with self._stack:
            self._open()
            self._stack = self._stack.pop_all()

    def _open(self) -> None:
        arguments = self._arguments
        if arguments.samples is not None:
            self._add_samples(arguments.samples)
        if arguments.junit is not None:
            self._junit = self._file(arguments.junit)
        if arguments.out is not None:
            self._open_folder(arguments.out)
        if arguments.list_skipped:
            self._skipped = self._spool()
            self.skipped_taker = self._note_skipped
        if arguments.list_excluded:
            self._excluded = self._spool()
            self.takers.append(self._note_excluded)
        if arguments.explain is not None:
            self._explained = _Explained(arguments.explain)
            self.takers.append(self._explained.take)

    def _spool(self) -> IO[str]:
        return self._stack.enter_context(
            tempfile.SpooledTemporaryFile(_SPOOL_BYTES, "w+", encoding="utf-8", errors="backslashreplace")
        )

    def _open_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder} cannot be made a folder: {error.strerror or error}") from None
        for name in (RESULT_NAME, SAMPLES_NAME):
            if (folder / name).exists() and not written_by_perfkit(folder / name):
                raise UsageError(f"{folder / name} was not written by perfkit; move it away or name another folder")
        self._result = self._file(folder / RESULT_NAME)
        self._add_samples(folder / SAMPLES_NAME)

    def _file(self, path: Path) -> OutputFile:
        if any(file.path.resolve() == path.resolve() for file in self._files):
            raise UsageError(f"{path} is named twice as an output")
        file = self._stack.enter_context(OutputFile(path, inputs=self._inputs()))
        self._files.append(file)
        return file

    def _inputs(self) -> list[str]:
        named = [path for path in self._arguments.paths if path != "-"]
        beside = [
            *([self._arguments.pics] if self._arguments.pics is not None else []),
            *(self._arguments.network or []),
        ]
        return [*named, *map(str, beside)]

    def _add_samples(self, path: Path) -> None:
        from perfkit.report.samples import COLUMNS, LINK_COLUMNS, sample_writer

        columns = (*COLUMNS, *LINK_COLUMNS) if self._arguments.network else COLUMNS
        writer = sample_writer(path.suffix, self._file(path).stream, columns)
        self._samples.append(writer)
        self.takers.append(writer.write)

    def _note_excluded(self, record: Record) -> None:
        from perfkit.report.listing import excluded_line

        line = excluded_line(record)
        if line is not None and self._excluded is not None:
            self._excluded.write(f"{line}\n")

    def _note_skipped(self, file: str, skipped: Skipped) -> None:
        from perfkit.report.listing import skipped_line

        if self._skipped is not None:
            self._skipped.write(f"{skipped_line(file, skipped)}\n")

    def finish(self, document: AnalysisDocument) -> None:
        """Write the result and put every file in place."""
        if self._junit is not None:
            from perfkit.report.junit import render

            self._junit.stream.write(render(document, strict=self._arguments.strict))
        if self._result is not None:
            from perfkit.report.result_json import result_json

            self._result.stream.write(f"{result_json(document)}\n".encode())
        for writer in self._samples:
            writer.finish()
        if self._arguments.keep_earlier_in is not None:
            folder = self._arguments.out
            self.kept = keep_earlier([folder / RESULT_NAME, folder / SAMPLES_NAME], self._arguments.keep_earlier_in)
        for file in self._files:
            file.commit()

    def listed_lines(self) -> Iterator[str]:
        """What --list-skipped and --list-excluded show, in this order."""
        for spool in (self._skipped, self._excluded):
            if spool is not None:
                spool.seek(0)
                for line in spool:
                    yield line.rstrip("\n")

    def explanation(self, document: AnalysisDocument) -> str:
        """What --explain shows.

        Raises:
            UsageError: there is no such row.
        """
        wanted = self._explained
        if wanted is None or wanted.record is None:
            largest = wanted.largest_number if wanted else 0
            rows = f"the rows are 1 to {largest}" if largest else "the logs have no row"
            raise UsageError(f"row {self._arguments.explain} does not exist; {rows}")
        from perfkit.report.explanation import render
        from perfkit_analyzers.excerpt import lines_at

        record = wanted.record
        numbers = {record.row.request_line, record.row.from_line}
        if record.row.to_line is not None:
            numbers.add(record.row.to_line)
        return render(record, document, lines_at(self._arguments.paths, record.file, numbers))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Discard what is not in place."""
        self._stack.close()


class _Explained:
    """Catches the row that --explain names."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.record: Record | None = None
        self.largest_number = 0

    def take(self, record: Record) -> None:
        """Keep the row if it is the one."""
        self.largest_number = record.number
        if record.number == self.number:
            self.record = record
