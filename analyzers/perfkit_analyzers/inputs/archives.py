"""What is inside ZIP, tar, gzip, bzip2 and xz files, recognised by their first bytes.

Nothing is unpacked to a path: names inside an archive are only shown. What must be read twice lies in an anonymous
temporary file.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from enum import Enum
from typing import IO, NamedTuple

from perfkit.core.errors import InputError
from perfkit_analyzers.inputs.streams import DAMAGE, Readable, UnpackBudget, damaged, read_or_explain

MAGIC_BYTES = 512
MAX_MEMBERS = 100_000
SPOOL_BYTES = 32 << 20
_COPY_BYTES = 1 << 20


class Container(Enum):
    """A kind of archive, by content."""

    ZIP = "ZIP"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    SEVEN_ZIP = "7z"
    RAR = "RAR"
    ZSTANDARD = "zstd"


REFUSED = frozenset({Container.SEVEN_ZIP, Container.RAR, Container.ZSTANDARD})
_MAGIC = (
    (b"PK\x03\x04", Container.ZIP),
    (b"PK\x05\x06", Container.ZIP),
    (b"PK\x07\x08", Container.ZIP),
    (b"\x1f\x8b", Container.GZIP),
    (b"BZh", Container.BZIP2),
    (b"\xfd7zXZ\x00", Container.XZ),
    (b"7z\xbc\xaf\x27\x1c", Container.SEVEN_ZIP),
    (b"Rar!\x1a\x07", Container.RAR),
    (b"\x28\xb5\x2f\xfd", Container.ZSTANDARD),
)
_SUFFIXES = {".gz", ".bz2", ".xz", ".gzip", ".lzma", ".tgz", ".tbz2", ".txz"}


class Member(NamedTuple):
    """A file inside an archive, to be opened before the next one is asked for; `size_bytes` None if not recorded."""

    path: str
    size_bytes: int | None
    open: Callable[[], Readable]


def container_of(head: bytes) -> Container | None:
    """The kind of archive that the first 512 bytes show, None for any other file."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return Container.TAR if _is_tar_header(head) else None


def _is_tar_header(head: bytes) -> bool:
    """Whether these bytes are the header of a tar: the oldest kind has no magic bytes, but a checksum as all."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return head[257:262] == b"ustar"
    return True


def members(file: IO[bytes], kind: Container, name: str) -> Iterator[Member] | None:
    """The files in an archive, in order of their names (tar: in its own order); None when a ZIP is an office document.

    Raises:
        InputError: encrypted, damaged, cut, of a kind that is not read, or with too many members.
    """
    if kind in REFUSED:
        raise InputError(f"{name}: {kind.value} archives are not read; unpack it and name the folder, or pack as ZIP")
    if kind is Container.ZIP:
        return _zip_members(file, name)
    if kind is Container.TAR:
        return _tar_members(file, name)
    return iter([_single_member(file, kind, name)])


def spooled(source: Readable, name: str, budget: UnpackBudget) -> IO[bytes]:
    """All of `source` in a temporary file that can be read from any place."""
    spool = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed by who reads it
    while data := read_or_explain(source, _COPY_BYTES, name):
        budget.spend(len(data), name)
        spool.write(data)
    spool.seek(0)
    return spool


def _zip_members(file: IO[bytes], name: str) -> Iterator[Member] | None:
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise damaged(name, error) from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename for info in infos}
    if "[Content_Types].xml" in names or "META-INF/MANIFEST.MF" in names or "mimetype" in names:
        return None
    if len(infos) > MAX_MEMBERS:
        raise InputError(f"{name}: {len(infos)} members, more than {MAX_MEMBERS}; unpack what is wanted")
    locked = next((info for info in infos if info.flag_bits & 1), None)
    if locked is not None:
        raise InputError(f"{name}: encrypted (member {printable(locked.filename)}); unpack it and name the folder")
    return (_zip_member(archive, info, name) for info in sorted(infos, key=lambda info: info.filename))


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
    def open_member() -> Readable:
        try:
            return archive.open(info)
        except (*DAMAGE, RuntimeError, OSError) as error:
            raise damaged(f"{name}!/{printable(info.filename)}", error) from error

    return Member(printable(info.filename), info.file_size, open_member)


def _tar_members(file: IO[bytes], name: str) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for count, info in enumerate(archive, start=1):
                if count > MAX_MEMBERS:
                    raise InputError(f"{name}: more than {MAX_MEMBERS} members; unpack what is wanted")
                if info.isreg():
                    yield _tar_member(archive, info)
            file.seek(archive.offset)  # where the list of members ended, be it for a damaged header
            _expect_end_mark(read_or_explain(file, tarfile.BLOCKSIZE, name), name)
    except InputError:
        raise
    except DAMAGE as error:
        raise damaged(name, error) from error


def _expect_end_mark(block: bytes, name: str) -> None:
    """Behind its last member a tar has a block of zeros; the module `tarfile` is content with anything."""
    if len(block) < tarfile.BLOCKSIZE or any(block):
        what = "a damaged header between its members" if block else "it ends without an end mark"
        raise damaged(name, ValueError(what))


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    def open_member() -> Readable:
        return archive.extractfile(info) or io.BytesIO()

    return Member(printable(info.name), info.size, open_member)


def _single_member(file: IO[bytes], kind: Container, name: str) -> Member:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = last.rpartition(".")
    inner = stem if dot and f".{suffix.lower()}" in _SUFFIXES else last

    def open_member() -> Readable:
        file.seek(0)
        if kind is Container.GZIP:
            return gzip.GzipFile(fileobj=file, mode="rb")
        return bz2.BZ2File(file) if kind is Container.BZIP2 else lzma.LZMAFile(file)

    return Member(inner, None, open_member)


def printable(path: str) -> str:
    """A name from inside an archive, safe to show on a terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in path)
