"""The seal of a dossier's ZIP: the comment of the archive holds the SHA-256 of all bytes before it.

The manifests cover the content of the files; names, times, attributes and the directory of the archive itself are
covered by nothing. With the seal a single changed byte anywhere shows. It is no proof against somebody who makes a new
seal: that is what the signature and the recomputation are for.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import IO

MARK = "perfkit dossier, sha256 of what is before: "
_END_RECORD = b"PK\x05\x06"
_END_RECORD_BYTES = 22
_LENGTH_BYTES = 2
_COMMENT = re.compile(re.escape(MARK.encode()) + rb"(?P<digest>[0-9a-f]{64})")
_TAIL_BYTES = 1024
_BLOCK_BYTES = 1 << 20


def seal(stream: IO[bytes]) -> None:
    """Append the seal to a complete ZIP without a comment; `stream` can be read and written."""
    size_bytes = stream.seek(0, 2)
    digest = _digest(stream, size_bytes - _LENGTH_BYTES)
    stream.seek(size_bytes - _LENGTH_BYTES)
    comment = f"{MARK}{digest}".encode()
    stream.write(len(comment).to_bytes(_LENGTH_BYTES, "little") + comment)


def is_sealed(path: Path) -> bool:
    """Whether the file ends like a dossier, whole or not."""
    with path.open("rb") as stream:
        return MARK.encode() in _tail(stream)


def seal_fits(path: Path) -> bool | None:
    """Whether every byte is as it was sealed; None when nothing stands where the seal would be (packed by others)."""
    with path.open("rb") as stream:
        tail = _tail(stream)
        at = tail.rfind(_END_RECORD)
        comment = tail[at + _END_RECORD_BYTES :]
        if at < 0 or not comment:
            return None
        found = _COMMENT.fullmatch(comment)
        length = int.from_bytes(tail[at + _END_RECORD_BYTES - _LENGTH_BYTES : at + _END_RECORD_BYTES], "little")
        if found is None or length != len(comment):
            return False
        covered_bytes = stream.seek(0, 2) - len(comment) - _LENGTH_BYTES
        return _digest(stream, covered_bytes) == found["digest"].decode()


def _tail(stream: IO[bytes]) -> bytes:
    stream.seek(max(0, stream.seek(0, 2) - _TAIL_BYTES))
    return stream.read()


def _digest(stream: IO[bytes], size_bytes: int) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    left = size_bytes
    while left > 0 and (block := stream.read(min(left, _BLOCK_BYTES))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()
