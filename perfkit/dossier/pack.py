"""Packs a campaign folder: one bag in one ZIP, the same bytes for the same files and date."""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import UsageError
from perfkit.core.version import VERSION
from perfkit.dossier import bag
from perfkit.dossier.names import clash, name_fault
from perfkit.dossier.seal import is_sealed, seal

_ENTRY_TIME = (1980, 1, 1, 0, 0, 0)  # the first that ZIP can hold: when it was packed is in bag-info.txt
_ENTRY_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_BLOCK_BYTES = 1 << 20
_KEY_SUFFIXES = frozenset({".p12", ".pfx", ".key", ".jks", ".keystore"})
_PRIVATE_KEY = b"PRIVATE KEY-----"
_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Packed:
    """What is in the dossier, and what of the folder is not, with the reason."""

    identifiers: list[str]
    files: int
    size_bytes: int
    left_out: list[tuple[str, str]]


@dataclass(slots=True)
class _Selection:
    files: list[tuple[str, Path]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def pack(campaign: CampaignFolder, stream: IO[bytes], *, name: str, packed_on: date, output: Path) -> Packed:
    """Write the dossier of a campaign to `stream`, which can be read and written; `name` is the folder inside.

    `output` is where the stream ends up; it is not packed itself.

    Raises:
        UsageError: the campaign has no result, a file of it cannot be read, or has a name that not every system holds.
    """
    if not campaign.result.is_file():
        raise UsageError(
            f"{campaign.result} is missing; `perfkit analyze --campaign {campaign.root}` makes it, then pack again"
        )
    selection = _select(campaign.root, output)
    _refuse_names(campaign.root, selection)
    identifiers = report_ids(campaign)
    size_bytes = _write(selection, stream, name, _fields(identifiers, packed_on))
    return Packed(identifiers, len(selection.files), size_bytes, selection.left_out)


def report_ids(campaign: CampaignFolder) -> list[str]:
    """The ids of the issued reports: the names of their folders."""
    if not campaign.reports.is_dir():
        return []
    return sorted(path.name for path in campaign.reports.iterdir() if path.is_dir() and not path.name.startswith("."))


def _select(root: Path, output: Path) -> _Selection:
    """Every file of the folder in the order of its path, but what is hidden, a key, or another dossier."""
    selection = _Selection()
    for path in _walk(root, root):
        relative = path.relative_to(root).as_posix()
        reason = _reason_to_leave_out(path, relative, output)
        if reason is None:
            selection.files.append((relative, path))
        else:
            selection.left_out.append((relative, reason))
    selection.files.sort()
    return selection


def _walk(folder: Path, root: Path) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{folder} cannot be listed ({error.strerror or error})") from None
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            raise UsageError(
                f"{path} is a symbolic link, which a dossier cannot hold; put the file itself into the campaign folder"
            )
        if entry.is_dir():
            yield from _walk(path, root)
        elif entry.is_file():
            yield path
        else:
            raise UsageError(f"{path} is neither a file nor a folder; take it out of the campaign folder")


def _reason_to_leave_out(path: Path, relative: str, output: Path) -> str | None:
    if output.exists() and path.samefile(output):
        return "the dossier itself"
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
        if path.suffix.lower() in _KEY_SUFFIXES or ("/" not in relative and _PRIVATE_KEY in head):
            return "a private key"
        return "a dossier" if head.startswith(b"PK") and is_sealed(path) else None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror or error})") from None


def _refuse_names(root: Path, selection: _Selection) -> None:
    for relative, _ in selection.files:
        fault = name_fault(relative)
        if fault is not None:
            shown = relative.encode(errors="backslashreplace").decode()
            raise UsageError(f"{root}: the name {shown!r} {fault}; rename it, analyse again, and pack again")
    twins = clash([relative for relative, _ in selection.files])
    if twins is not None:
        raise UsageError(
            f"{root}: {twins[0]} and {twins[1]} are one file where case does not count (Windows, macOS); rename one"
        )


def _fields(identifiers: Sequence[str], packed_on: date) -> list[tuple[str, str]]:
    return [
        ("External-Description", "Dossier of an OCPP performance measurement: inputs, results and reports"),
        *(("External-Identifier", identifier) for identifier in identifiers),
        ("Bagging-Date", packed_on.isoformat()),
        ("Bag-Software-Agent", f"perfkit {VERSION}"),
    ]


def _write(selection: _Selection, stream: IO[bytes], name: str, fields: list[tuple[str, str]]) -> int:
    """The ZIP with its seal; returns how many bytes of payload are in it."""
    digests: dict[str, str] = {}
    size_bytes = 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        tags = {bag.DECLARATION: bag.DECLARATION_TEXT}
        _add_text(archive, f"{name}/{bag.DECLARATION}", tags[bag.DECLARATION])
        for relative, path in selection.files:
            digest, size = _add_file(archive, f"{name}/{bag.PAYLOAD}{relative}", path)
            digests[f"{bag.PAYLOAD}{relative}"] = digest
            size_bytes += size
        oxum = f"{size_bytes}.{len(digests)}"
        tags[bag.INFO] = bag.info_text([*fields, ("Payload-Oxum", oxum)])
        tags[bag.MANIFEST] = bag.manifest_text(digests)
        _add_text(archive, f"{name}/{bag.INFO}", tags[bag.INFO])
        _add_text(archive, f"{name}/{bag.MANIFEST}", tags[bag.MANIFEST])
        tag_digests = {tag: hashlib.sha256(text.encode()).hexdigest() for tag, text in tags.items()}
        _add_text(archive, f"{name}/{bag.TAG_MANIFEST}", bag.manifest_text(tag_digests))
    seal(stream)
    return size_bytes


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ENTRY_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX  # whatever system packs
    entry.external_attr = _ENTRY_MODE
    return entry


def _add_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(_entry(name), text.encode())


def _add_file(archive: zipfile.ZipFile, name: str, path: Path) -> tuple[str, int]:
    """Add a file; its SHA-256 and size, of the very bytes that went in."""
    entry = _entry(name)
    digest, size = hashlib.sha256(), 0
    try:
        entry.file_size = path.stat().st_size
        with path.open("rb") as source, archive.open(entry, "w") as target:
            while block := source.read(_BLOCK_BYTES):
                digest.update(block)
                size += len(block)
                target.write(block)
    except OSError as error:
        raise UsageError(f"{path} cannot be packed ({error.strerror or error})") from None
    return digest.hexdigest(), size
