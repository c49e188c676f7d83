"""The checks of container, tag files and payload: is every byte there, and as it was packed?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from perfkit.core.errors import InputError
from perfkit.core.verification_record import Check, Difference, failed, not_checked, passed
from perfkit.dossier import bag
from perfkit.dossier.opened import OpenedDossier

MAX_TAG_FILE_BYTES = 64 << 20
_BLOCK_BYTES = 1 << 20


def check_container(dossier: OpenedDossier) -> Check:
    """Whether the ZIP is, byte for byte, the one that `perfkit dossier` wrote."""
    key, subject = "container", "the ZIP archive"
    if dossier.container == "folder":
        return not_checked(key, subject, "the dossier was unpacked; its files are checked one by one")
    if dossier.damaged:
        differences = [Difference(name, f"damaged: {why}") for name, why in sorted(dossier.damaged.items())]
        return failed(key, subject, "files do not come out of the archive whole", differences)
    if dossier.seal is None:
        return not_checked(key, subject, "it has no seal: another program packed it anew; its files are checked below")
    if not dossier.seal:
        return failed(
            key, subject, "its bytes are not those that were sealed: a name, time, attribute or the seal was altered"
        )
    return passed(key, subject, "every byte is as it was sealed")


def check_tag_files(dossier: OpenedDossier) -> Check:
    """Whether the files that describe the bag are complete and as their own manifest says."""
    key, subject = "description", bag.TAG_MANIFEST
    try:
        stated = bag.read_manifest(_text(dossier, bag.TAG_MANIFEST), bag.TAG_MANIFEST)
    except InputError as error:
        return failed(key, subject, "the manifest of the tag files cannot be read", [_unreadable(subject, error)])
    differences = [
        *_compare(dossier, stated, {name for name in dossier.files if not name.startswith(bag.PAYLOAD)} - {subject}),
        *(Difference(name, f"has no line in {subject}") for name in bag.TAG_FILES if name not in stated),
    ]
    if not differences and _text(dossier, bag.TAG_MANIFEST) != bag.manifest_text(stated):
        differences.append(Difference(subject, "is not written as perfkit writes it"))
    if differences:
        return failed(key, subject, "the description of the dossier was altered (or its manifest was)", differences)
    return passed(key, subject, f"{', '.join(bag.TAG_FILES)} are as packed")


def check_payload(dossier: OpenedDossier) -> Check:
    """Whether every packed file is there, unaltered, and none was added."""
    key, subject = "files", bag.MANIFEST
    try:
        stated = bag.read_manifest(_text(dossier, bag.MANIFEST), bag.MANIFEST)
    except InputError as error:
        return failed(key, subject, "the manifest cannot be read", [_unreadable(subject, error)])
    differences = list(_compare(dossier, stated, {name for name in dossier.files if name.startswith(bag.PAYLOAD)}))
    if differences:
        names = ", ".join(difference.where for difference in differences[:3])
        more = f" and {len(differences) - 3} more" if len(differences) > 3 else ""
        return failed(key, subject, f"not as they were packed: {names}{more}", differences)
    return passed(key, subject, f"{len(stated)} files, each with the SHA-256 that it was packed with")


def _compare(dossier: OpenedDossier, stated: dict[str, str], present: set[str]) -> Iterator[Difference]:
    """What is altered, damaged, missing and added, in the order of the names."""
    for name in sorted(stated.keys() | present):
        if name in dossier.damaged:
            yield Difference(name, f"damaged in the archive: {dossier.damaged[name]}")
        elif name not in stated:
            yield Difference(name, "was added after packing, or its line in the manifest was altered")
        elif name not in dossier.files:
            yield Difference(name, "is missing, or its line in the manifest was altered")
        elif file_sha256(dossier.files[name]) != stated[name]:
            yield Difference(name, "was altered: its SHA-256 is not the one in the manifest")


def _unreadable(name: str, error: InputError) -> Difference:
    return Difference(name, str(error))


def _text(dossier: OpenedDossier, name: str) -> str:
    path = dossier.files.get(name)
    if path is None:
        raise InputError(f"{name}: is missing or damaged")
    if path.stat().st_size > MAX_TAG_FILE_BYTES:
        raise InputError(f"{name}: is larger than any manifest ({MAX_TAG_FILE_BYTES >> 20} MiB)")
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: is not UTF-8 (byte {error.start})") from None


def info_of(dossier: OpenedDossier) -> dict[str, list[str]]:
    """The fields of bag-info.txt; empty where it cannot be read, which its check says."""
    try:
        return bag.read_info(_text(dossier, bag.INFO))
    except InputError:
        return {}


def by_digest(dossier: OpenedDossier) -> dict[str, Path]:
    """The files of the payload by their SHA-256."""
    return {file_sha256(path): path for name, path in dossier.files.items() if name.startswith(bag.PAYLOAD)}


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
