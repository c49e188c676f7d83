"""Opens a dossier for reading: a ZIP, unpacked within bounds into a temporary folder, or an unpacked folder.

No name from inside is trusted: one that would be a problem on any system ends the reading with a sentence.
"""

from __future__ import annotations

import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from perfkit.core.errors import InputError
from perfkit.dossier import bag
from perfkit.dossier.names import clash, name_fault
from perfkit.dossier.seal import seal_fits

MAX_FILES = 100_000
MAX_UNPACKED_BYTES = 64 << 30
MIN_ALLOWANCE_BYTES = 256 << 20
MAX_RATIO = 200
"""Logs of OCPP pack to about a twentieth; a tenfold reserve before a ZIP counts as a bomb."""
_BLOCK_BYTES = 1 << 20
_ENCRYPTED = 1
# What zipfile raises on damage of one kind or another; OSError comes without errno then.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError, struct.error, IndexError,
    OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenedDossier:
    """The files of a dossier: `files` by path within the bag. `damaged` are members that did not come out whole.

    `seal` is False where a byte of the ZIP is not as it was sealed, None without a seal (a folder, packed anew).
    """

    root: Path
    container: str
    seal: bool | None
    files: dict[str, Path]
    damaged: dict[str, str] = field(default_factory=dict)


@contextmanager
def open_dossier(path: Path) -> Iterator[OpenedDossier]:
    """The dossier at a path; what is unpacked is deleted at the end of the block.

    Raises:
        InputError: it is not there, no ZIP or folder with a bag, damaged as a whole, or holds hostile names.
    """
    if path.is_dir():
        yield _opened_folder(path)
        return
    if not path.is_file():
        raise InputError(f"{path}: there is no such file or folder; name a dossier of `perfkit dossier`")
    with tempfile.TemporaryDirectory(prefix="perfkit-dossier-") as folder:
        yield _opened_zip(path, Path(folder))


def _opened_folder(path: Path) -> OpenedDossier:
    inner = [entry for entry in path.iterdir() if entry.is_dir() and (entry / bag.DECLARATION).is_file()]
    root = inner[0] if len(inner) == 1 and not (path / bag.DECLARATION).exists() else path
    names = [found.relative_to(root).as_posix() for found in _walk(root)]
    if not {*bag.TAG_FILES, bag.TAG_MANIFEST} & set(names):
        what = "a campaign folder" if "pics.yaml" in names else "no dossier"
        raise InputError(f"{path}: is {what}; pack it with `perfkit dossier`, and name the file that is made")
    _refuse_names(path, names)
    return OpenedDossier(root, "folder", None, {name: root / name for name in names})


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
            raise InputError(f"{path}: is a link or a special file, which no dossier holds; nothing was checked")
        if entry.is_dir():
            yield from _walk(path)
        else:
            yield path


def _refuse_names(path: Path, names: list[str]) -> None:
    for name in names:
        fault = name_fault(name)
        if fault is not None:
            shown = ascii(name)
            raise InputError(f"{path}: holds the path name {shown}, which {fault}; perfkit packs no such name")
    twins = clash(names)
    if twins is not None and twins[0] == twins[1]:
        raise InputError(f"{path}: holds {twins[0]!a} twice; a dossier holds every file once")
    if twins is not None:
        raise InputError(f"{path}: holds {twins[0]!a} and {twins[1]!a}, which are one file on some systems")
    if len(names) > MAX_FILES:
        raise InputError(f"{path}: holds {len(names)} files, more than {MAX_FILES}; no dossier does")


def _opened_zip(path: Path, folder: Path) -> OpenedDossier:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _refuse_names(path, [entry.orig_filename for entry in entries])
            _refuse_kinds(path, entries)
            base = _base(path, entries)
            unpacking = _Unpacking(path, archive, folder)
            files = {entry.filename.removeprefix(base): unpacking.unpack(entry, base) for entry in entries}
    except InputError:
        raise
    except (OSError, *_DAMAGE) as error:
        raise _damaged(path, error) from None
    whole = {name: file for name, file in files.items() if name not in unpacking.damaged}
    return OpenedDossier(folder, "zip", seal_fits(path), whole, unpacking.damaged)


def _damaged(path: Path, error: Exception) -> InputError:
    said = error.strerror if isinstance(error, OSError) else None
    what = " ".join((said or str(error) or type(error).__name__).split())
    return InputError(f"{path}: the archive is damaged or incomplete, or is no ZIP ({what}); get it anew")


def _refuse_kinds(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise InputError(f"{path}: {entry.filename!a} is a link or a special file, which no dossier holds")
        if entry.flag_bits & _ENCRYPTED:
            raise InputError(f"{path}: {entry.filename!a} is encrypted; a dossier never is")


def _base(path: Path, entries: list[zipfile.ZipInfo]) -> str:
    """The one folder that holds the bag, with its slash; "" for a bag without one."""
    declarations = [entry.filename for entry in entries if entry.filename.count("/") <= 1]
    found = [name for name in declarations if name.rpartition("/")[2] == bag.DECLARATION]
    if len(found) != 1:
        raise InputError(f"{path}: holds no {bag.DECLARATION}, so it is no dossier; `perfkit dossier` packs one")
    base = found[0].removesuffix(bag.DECLARATION)
    stray = next((entry.filename for entry in entries if not entry.filename.startswith(base)), None)
    if stray is not None:
        raise InputError(f"{path}: {stray!a} lies outside the folder {base} of the dossier; nobody packed it so")
    return base


class _Unpacking:
    """Writes members to a folder as long as they stay within what an archive of this size can sensibly hold."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, folder: Path) -> None:
        self.damaged: dict[str, str] = {}
        self._path = path
        self._archive = archive
        self._folder = folder
        allowance_bytes = max(MIN_ALLOWANCE_BYTES, MAX_RATIO * path.stat().st_size)
        self._left_bytes = min(MAX_UNPACKED_BYTES, allowance_bytes)

    def unpack(self, entry: zipfile.ZipInfo, base: str) -> Path:
        """Write one member; a damaged one is noted, and what came out of it is removed."""
        name = entry.filename.removeprefix(base)
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._archive.open(entry) as source, target.open("wb") as stream:
                while block := source.read(_BLOCK_BYTES):
                    self._spend(len(block))
                    stream.write(block)
        except InputError:
            raise
        except (OSError, *_DAMAGE) as error:
            self.damaged[name] = " ".join(str(error).split()) or type(error).__name__
            target.unlink(missing_ok=True)
        return target

    def _spend(self, size_bytes: int) -> None:
        self._left_bytes -= size_bytes
        if self._left_bytes < 0:
            raise InputError(f"{self._path}: far more comes out of it than a dossier holds: an archive bomb")
