"""The tag files of a bag, RFC 8493 (BagIt 1.0): texts from hashes and back. Why not a library: docs/decisions/0012."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfkit.core.errors import InputError

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
PAYLOAD = "data/"
DECLARATION_TEXT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = (DECLARATION, INFO, MANIFEST)
"""The tag files whose hashes stand in the tag manifest."""

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>\S.*)")
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def manifest_text(digests: Mapping[str, str]) -> str:
    """A manifest (RFC 8493, 2.1.3) in the order of the paths.

    Examples:
        >>> manifest_text({"data/b": "0" * 64, "data/a%": "1" * 64}).splitlines()[0][62:]
        '11  data/a%25'
    """
    return "".join(f"{digests[path]}  {_escaped(path)}\n" for path in sorted(digests))


def read_manifest(text: str, name: str) -> dict[str, str]:
    """SHA-256 by path.

    Raises:
        InputError: a line is no line of a manifest, or names a path twice; the sentence gives name:line.
    """
    digests: dict[str, str] = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise InputError(f"{name}:{number}: is no line of a manifest (64 digits, two blanks, a path)")
        path = _unescaped(match["path"])
        if path in digests:
            raise InputError(f"{name}:{number}: names {path} a second time")
        digests[path] = match["digest"]
    return digests


def _escaped(path: str) -> str:
    return "".join(_ESCAPED.get(character, character) for character in path)


def _unescaped(text: str) -> str:
    for character, escape in reversed(_ESCAPED.items()):
        text = text.replace(escape, character).replace(escape.lower(), character)
    return text


def info_text(fields: Sequence[tuple[str, str]]) -> str:
    """bag-info.txt (RFC 8493, 2.2.2); a label may occur more than once."""
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in fields)


def read_info(text: str) -> dict[str, list[str]]:
    """The values by label; lines that are none are left out, the hash of the file tells of them."""
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        label, separator, value = line.partition(":")
        if separator:
            fields.setdefault(label.strip(), []).append(value.strip())
    return fields
