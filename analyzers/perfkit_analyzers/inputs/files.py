"""The files behind what the user names: files, folders, archives within archives, standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from perfkit.core.errors import InputError
from perfkit_analyzers.inputs.archives import MAGIC_BYTES, REFUSED, Container, Member, container_of, members, spooled
from perfkit_analyzers.inputs.streams import InputStream, Readable, UnpackBudget, read_or_explain

STANDARD_INPUT = "-"
MAX_DEPTH = 6
MAX_UNPACKED_BYTES = 16 << 30
_DIGEST_BLOCK_BYTES = 1 << 20
_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin"})
_COMPRESSED = frozenset({Container.GZIP, Container.BZIP2, Container.XZ})


class InputFile:
    """One file of the input.

    `name` is what to show (`logs.zip!/a/b.log` for a member of an archive). `path` is set for a plain file on disk,
    which can be opened at any time; anything else must be opened before the next input is asked for. `named`: the user
    named this very file, so it is an error when it is no log. `size_bytes` is None where nothing tells it beforehand.
    """

    def __init__(
        self,
        name: str,
        opener: Callable[[], Readable],
        *,
        size_bytes: int | None,
        named: bool,
        path: Path | None = None,
    ) -> None:
        self.name = name
        self.reads_once = False
        self.size_bytes = size_bytes
        self.path = path
        self.named = named
        self.budget: UnpackBudget | None = None
        self._opener = opener
        self._stream: InputStream | None = None

    @property
    def sha256(self) -> str | None:
        """Digest of the whole (unpacked) content; None until a stream of it was read to its end."""
        return self._stream.sha256 if self._stream else None

    @property
    def read_bytes(self) -> int:
        """How much of the (unpacked) content was read so far."""
        return self._stream.size_bytes if self._stream else 0

    def digest_beforehand(self) -> str | None:
        """Digest of the whole content before it is read; None for what can be read once only.

        Raises:
            InputError: the file cannot be opened or read.
        """
        if self.reads_once:
            return None
        with self.open() as stream:
            while stream.read(_DIGEST_BLOCK_BYTES):
                pass
        return self.sha256

    def open(self) -> InputStream:
        """The content from its first byte, to be used in a `with` statement.

        Raises:
            InputError: the file cannot be opened.
        """
        try:
            source = self._opener()
        except OSError as error:
            raise InputError(f"{self.name}: cannot be opened ({error.strerror or error})") from error
        self._stream = InputStream(source, self.name, self.budget)
        return self._stream


class InputFiles:
    """Iterator over the files behind `paths`; what is wrong with an input is raised when its turn comes.

    `ignored` counts hidden files, clutter of operating systems, and what is neither file nor folder; `repeated` counts
    files that were reached a second time and are not read again.
    """

    def __init__(self, paths: Iterable[str | Path], stdin: BinaryIO | None, max_unpacked_bytes: int) -> None:
        self.ignored = 0
        self.repeated = 0
        self._stdin = stdin
        self._budget = UnpackBudget(max_unpacked_bytes)
        self._seen: set[tuple[int, int]] = set()
        self._streams_read: set[str] = set()
        self._files = self._all(paths)

    def __iter__(self) -> Iterator[InputFile]:
        """The iterator itself."""
        return self

    def __next__(self) -> InputFile:
        """The next file.

        Raises:
            InputError: the next input cannot be read.
        """
        return next(self._files)

    def _all(self, paths: Iterable[str | Path]) -> Iterator[InputFile]:
        for path in paths:
            if str(path) == STANDARD_INPUT:
                yield from self._standard_input()
                continue
            if not str(path):  # "$LOGS" of a shell where LOGS is not set
                raise InputError("one of the paths is empty; name a log, a folder or an archive")
            found = False
            for file in self._path(Path(path), named=True):
                found = True
                yield file
            if not found and Path(path).is_dir() and not self.repeated:
                raise InputError(f"{path}: holds no files; name the folder or archive with the logs")

    def _path(self, path: Path, *, named: bool) -> Iterator[InputFile]:
        try:
            status = path.stat()
        except FileNotFoundError as error:
            link = "is a link to nothing" if path.is_symlink() else "does not exist; check the path"
            raise InputError(f"{path}: {link}") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
        key = (status.st_dev, status.st_ino)
        if key in self._seen and status.st_ino:
            self.repeated += 1
        elif stat.S_ISDIR(status.st_mode):
            self._seen.add(key)  # also ends a circle of links
            yield from self._folder(path)
        elif stat.S_ISREG(status.st_mode):
            self._seen.add(key)
            yield from self._file(path, status.st_size, named=named)
        elif named:
            yield from self._stream(path.open("rb"), str(path))
        else:
            self.ignored += 1

    def _folder(self, folder: Path) -> Iterator[InputFile]:
        try:
            names = sorted(os.listdir(folder))
        except OSError as error:
            raise InputError(f"{folder}: cannot be listed ({error.strerror or error})") from error
        for name in names:
            if is_clutter(name):
                self.ignored += 1
            else:
                yield from self._path(folder / name, named=False)

    def _file(self, path: Path, size_bytes: int, *, named: bool) -> Iterator[InputFile]:
        name = path.as_posix()
        try:
            file = path.open("rb")
        except OSError as error:
            raise InputError(f"{name}: cannot be opened ({error.strerror or error})") from error
        with file:
            kind = container_of(read_or_explain(file, MAGIC_BYTES, name))
            plain = InputFile(name, lambda: path.open("rb"), size_bytes=size_bytes, named=named, path=path)
            if kind is None or (kind in REFUSED and not named):
                yield plain
                return
            file.seek(0)
            yield from self._archive(file, kind, plain, depth=1)

    def _standard_input(self) -> Iterator[InputFile]:
        if STANDARD_INPUT in self._streams_read:
            raise InputError("-: standard input can be named once only")
        self._streams_read.add(STANDARD_INPUT)
        yield from self._stream(self._stdin or sys.stdin.buffer, STANDARD_INPUT)

    def _stream(self, source: IO[bytes], name: str) -> Iterator[InputFile]:
        """A source that can be read once: standard input, a pipe."""
        head = read_or_explain(source, MAGIC_BYTES, name)
        once = _Once(name, head, source)
        kind = container_of(head)
        leaf = InputFile(name, once.open, size_bytes=None, named=True)
        leaf.reads_once = True
        if kind is None:
            yield leaf
            return
        with spooled(once.open(), name, self._budget) as file:
            yield from self._archive(file, kind, leaf, depth=1)

    def _archive(self, file: IO[bytes], kind: Container, outer: InputFile, *, depth: int) -> Iterator[InputFile]:
        if depth > MAX_DEPTH:
            raise InputError(f"{outer.name}: archives are nested more than {MAX_DEPTH} deep; unpack the inner ones")
        inside = members(file, kind, outer.name)
        if inside is None:  # an office document is a ZIP, but nobody packs logs so
            yield outer
            return
        empty = True
        for member in inside:
            empty = False
            if any(is_clutter(part) for part in member.path.replace("\\", "/").split("/")):
                self.ignored += 1
            else:
                yield from self._member(member, outer, named=outer.named and kind in _COMPRESSED, depth=depth)
        if empty and not outer.named:
            self.ignored += 1
        elif empty:
            raise InputError(f"{outer.name}: the archive holds no files")

    def _member(self, member: Member, outer: InputFile, *, named: bool, depth: int) -> Iterator[InputFile]:
        name = f"{outer.name}!/{member.path}"
        if (member.size_bytes or 0) > self._budget.max_bytes:
            self._budget.spend(member.size_bytes or 0, name)
        source = member.open()
        head = read_or_explain(source, MAGIC_BYTES, name)
        once = _Once(name, head, source, again=member.open)
        leaf = InputFile(name, once.open, size_bytes=member.size_bytes, named=named)
        leaf.budget = self._budget
        kind = container_of(head)
        if kind is None or (kind in REFUSED and not named):
            yield leaf
        else:
            with spooled(once.open(), name, self._budget) as file:
                yield from self._archive(file, kind, leaf, depth=depth + 1)
        source.close()


class _Once:
    """A source of which the head was read: opened the first time from there, later anew where that is possible."""

    def __init__(self, name: str, head: bytes, source: Readable, again: Callable[[], Readable] | None = None) -> None:
        self._name = name
        self._head = head
        self._source: Readable | None = source
        self._again = again

    def open(self) -> Readable:
        source, self._source = self._source, None
        if source is not None:
            return _Rejoined(self._head, source)
        if self._again is None:
            raise InputError(f"{self._name}: can be read once only; save it to a file first")
        return self._again()


class _Rejoined:
    """A stream of which the head was read already."""

    def __init__(self, head: bytes, source: Readable) -> None:
        self._head = head
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._source.read(size)
        if size < 0:
            head, self._head = self._head, b""
            return head + self._source.read()
        head, self._head = self._head[:size], self._head[size:]
        return head

    def close(self) -> None:
        self._source.close()


def is_clutter(name: str) -> bool:
    """Whether a file or folder inside a folder or archive is hidden or written by an operating system.

    Examples:
        >>> is_clutter(".DS_Store"), is_clutter("__MACOSX"), is_clutter("TC_001.log")
        (True, True, False)
    """
    return (name.startswith(".") and name not in {".", ".."}) or name.lower() in _CLUTTER


def open_inputs(
    paths: Iterable[str | Path], stdin: BinaryIO | None = None, *, max_unpacked_bytes: int = MAX_UNPACKED_BYTES
) -> InputFiles:
    """The files behind `paths` in a fixed order: folders are walked by name, archives are looked into, `-` is `stdin`.

    Raises:
        InputError: while iterating, for a path that is missing, unreadable, empty, damaged, encrypted or too large.
    """
    return InputFiles(paths, stdin, max_unpacked_bytes)
