"""Path names that are the same file on every system, and none outside the dossier: checked on packing and on reading.

The strictest rule of all systems counts: a dossier that is packed on Linux has to unpack on Windows and macOS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_SEGMENT_BYTES = 240
MAX_PATH_BYTES = 1000
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
# Windows, "Naming Files, Paths, and Namespaces": devices, with any extension; superscript digits count as digits.
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def name_fault(path: str) -> str | None:
    """What is wrong with a relative path with "/" between its parts; None when every system can hold it.

    Examples:
        >>> name_fault("data/logs/TC_001_CS.log") is None
        True
        >>> name_fault("data/../../etc/passwd")
        'leads out of its folder'
        >>> name_fault("C:/x"), name_fault("logs/nul.log")
        ("holds ':', which Windows cannot store", 'is the name of a device on Windows')
    """
    try:
        size_bytes = len(path.encode())
    except UnicodeEncodeError:
        return "is not UTF-8"
    if not path or size_bytes > MAX_PATH_BYTES:
        return f"is empty or longer than {MAX_PATH_BYTES} bytes"
    if path.startswith("/"):
        return "is absolute"
    return next((fault for part in path.split("/") if (fault := _segment_fault(part)) is not None), None)


def _segment_fault(part: str) -> str | None:
    forbidden = _FORBIDDEN.search(part)
    if part == "..":
        return "leads out of its folder"
    if part in {"", "."}:
        return "holds an empty part"
    if forbidden is not None:
        return f"holds {forbidden.group()!a}, which Windows cannot store"
    if part[-1] in ". ":
        return "has a part that ends in a dot or blank, which Windows cannot store"
    if _DEVICE.fullmatch(part):
        return "is the name of a device on Windows"
    return f"has a part longer than {MAX_SEGMENT_BYTES} bytes" if len(part.encode()) > MAX_SEGMENT_BYTES else None


def clash(paths: Iterable[str]) -> tuple[str, str] | None:
    """Two paths that are one on a system that ignores case or Unicode's composition, or of which one is in the other.

    Examples:
        >>> clash(["logs/a.log", "Logs/b.log"])
        ('logs', 'Logs')
        >>> clash(["logs/a", "logs/a/b"])
        ('logs/a', 'logs/a/b')
        >>> clash(["logs/a", "logs/b"]) is None
        True
    """
    spelled: dict[str, str] = {}
    files: set[str] = set()
    for path in paths:
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            part = "/".join(parts[:end])
            key = unicodedata.normalize("NFC", part).casefold()
            if spelled.setdefault(key, part) != part:
                return spelled[key], part
            if key in files:
                return part, path
        files.add(key)
    return None
