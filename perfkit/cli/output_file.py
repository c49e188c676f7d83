"""Files that a command writes: opened before the work begins, in place only when they are complete."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from io import BufferedWriter, FileIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_HEAD_BYTES = 256
_MARKS = (b"number,parameter,kind,", b"PAR1", b'<testsuites name="perfkit', b'"perfkit.')


class _File(FileIO):
    """A file whose write errors are sentences, however deep in a library they happen."""

    def __init__(self, written: Path, shown: Path) -> None:
        super().__init__(written, "wb")
        self._shown = shown

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise UsageError(f"{self._shown} cannot be written: {error.strerror or error}") from None


class OutputFile:
    """A file to write. What is at `path` stays as it is until `commit`; without it nothing is left behind.

    A path that is not a regular file (a pipe, /dev/stdout) is written directly.
    """

    def __init__(self, path: Path, *, inputs: Iterable[str] = ()) -> None:
        """Open `path` for writing; `inputs` are what must not be overwritten.

        Raises:
            UsageError: it cannot be written, is a folder, or is an input.
        """
        self.path = path
        self._target = Path(os.path.realpath(path))
        if self._target.is_dir():
            raise UsageError(f"{path} is a folder; name a file")
        _refuse_input(path, self._target, inputs)
        self._direct = self._target.exists() and not self._target.is_file()
        hidden = self._target.with_name(f".{self._target.name}.{os.getpid()}.part")
        self._written = self._target if self._direct else hidden
        self._done = False
        try:
            self.stream: BinaryIO = BufferedWriter(_File(self._written, path))
            if self._target.is_file() and not os.access(self._target, os.W_OK):
                self.discard()
                raise UsageError(f"{path} cannot be written: it is write-protected")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None

    def commit(self) -> None:
        """Put what was written in place.

        Raises:
            UsageError: the disk is full or the folder has gone.
        """
        try:
            self.stream.close()
            if not self._direct:
                self._written.replace(self._target)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror or error}") from None
        self._done = True

    def discard(self) -> None:
        """Leave everything as it was; nothing after `commit`."""
        if self._done:
            return
        self._done = True
        with suppress(OSError, UsageError):  # what could not be flushed is not wanted any more
            self.stream.close()
        if not self._direct:
            self._written.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """The file itself; it is discarded at the end of the block unless it was committed."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Discard what was not committed."""
        self.discard()


def _refuse_input(path: Path, target: Path, inputs: Iterable[str]) -> None:
    """Stop before an input, or a file in a folder of inputs that perfkit did not write, is overwritten."""
    if not target.is_file():
        return
    for name in inputs:
        given = Path(os.path.realpath(name))
        if given == target or (given.is_file() and given.samefile(target)):
            raise UsageError(f"{path} is an input; write to another file")
        if given.is_dir() and target.is_relative_to(given) and not written_by_perfkit(target):
            raise UsageError(f"{path} is in the input {name} and perfkit did not write it; write to another file")


def written_by_perfkit(path: Path) -> bool:
    """Whether the first bytes of a file are those of a result, samples or JUnit file; an empty one is nobody's."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    return not head or any(mark in head for mark in _MARKS)
