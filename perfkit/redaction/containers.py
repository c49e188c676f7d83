"""Takes archives apart and packs them again as what they were, with other contents and names."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from perfkit.core.errors import InputError
from perfkit_analyzers.inputs.archives import MAGIC_BYTES, REFUSED, Container, container_of, members, printable
from perfkit_analyzers.inputs.files import is_clutter
from perfkit_analyzers.inputs.streams import Readable, UnpackBudget, read_or_explain

_ENTRY_TIME = (1980, 1, 1, 0, 0, 0)
_BLOCK_BYTES = 1 << 20


class Packed(NamedTuple):
    """A file of an archive."""

    name: str
    content: bytes


def archive_kind(content: bytes) -> Container | None:
    """The kind of archive that can be packed again; None for any other content."""
    kind = container_of(content[:MAGIC_BYTES])
    return None if kind in REFUSED else kind


def unpacked(content: bytes, kind: Container, name: str, budget: UnpackBudget) -> Iterator[Packed]:
    """The files of an archive in the order in which they are read.

    Raises:
        InputError: it is damaged, encrypted, or unpacks to more than the budget.
    """
    inside = members(io.BytesIO(content), kind, name)
    if inside is None:
        return
    for member in inside:
        parts = member.path.replace("\\", "/").split("/")
        if any(is_clutter(part) for part in parts):
            continue
        if ".." in parts or member.path.startswith("/"):
            raise InputError(f"{name}: holds the path name {member.path!a}, which leads out of it; unpack it by hand")
        yield Packed(member.path, _read(member.open(), f"{name}!/{printable(member.path)}", budget))


def _read(source: Readable, name: str, budget: UnpackBudget) -> bytes:
    blocks = []
    try:
        while block := read_or_explain(source, _BLOCK_BYTES, name):
            budget.spend(len(block), name)
            blocks.append(block)
    finally:
        source.close()
    return b"".join(blocks)


def packed(files: list[Packed], kind: Container) -> bytes:
    """An archive of these files, in this order; one that holds a single file takes the first."""
    if kind is Container.ZIP:
        return _zip(files)
    if kind is Container.TAR:
        return _tar(files)
    content = files[0].content
    if kind is Container.GZIP:
        return gzip.compress(content, mtime=0)
    return bz2.compress(content) if kind is Container.BZIP2 else lzma.compress(content)


def _zip(files: list[Packed]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _ENTRY_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
    return target.getvalue()


def _tar(files: list[Packed]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in files:
            entry = tarfile.TarInfo(file.name)
            entry.size = len(file.content)
            archive.addfile(entry, io.BytesIO(file.content))
    return target.getvalue()
