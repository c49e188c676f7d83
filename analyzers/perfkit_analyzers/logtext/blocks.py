"""The bytes of a log as blocks of whole UTF-8 lines, in flat memory.

A log may begin with a byte order mark, be UTF-16 (a Windows viewer saved it), hold Latin-1 leftovers, carriage returns,
colour codes of a terminal, or a line of gigabytes. What leaves this module is UTF-8 without any of these.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from perfkit_analyzers.scanner.built import compiled_scanner

BLOCK_BYTES = 1 << 17  # small enough for the cache of a core: a tenth faster than 1 MiB
MAX_LINE_BYTES = 8 << 20
HEAD_BYTES = 65_536
_COLOUR = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]")


class ByteStream(Protocol):
    """What a reader needs of a stream."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none at the end."""


class Block(NamedTuple):
    """Lines, each ending with `\\n` save the last of a file; `overlong`: the start of one line, its rest dropped."""

    data: bytes
    overlong: bool = False


def line_blocks(stream: ByteStream, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """Blocks of whole lines; the memory in use is bounded by a block and the longest line that is kept."""
    chunks = _with_newlines(_utf8_chunks(stream, block_bytes))
    rest: list[bytes | memoryview] = []
    held = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if held > MAX_LINE_BYTES:  # the start of an overlong line was handed out already; drop up to its end
            end = chunk.find(b"\n") + 1
            if not end:
                continue
            held, rest, chunk, cut = 0, [], chunk[end:], cut - end  # noqa: PLW2901 - the head of the chunk is dropped
        if cut:
            rest.append(memoryview(chunk)[:cut])  # copied once, by `join`
            yield Block(clean(b"".join(rest)))
            rest, held = [], 0
        if cut < len(chunk):
            rest.append(chunk[cut:])
            held += len(chunk) - cut
        if held > MAX_LINE_BYTES:
            yield Block(clean(b"".join(rest)[:4096]), overlong=True)
            rest = []
    if rest:
        yield Block(clean(b"".join(rest)))


_compiled = compiled_scanner()
_is_plain: Callable[[bytes], bool] | None = None if _compiled is None else _compiled.is_plain


def clean(data: bytes) -> bytes:
    """`data` with line ends of Unix, without colour codes, and in UTF-8 line by line (Latin-1 where a line is not)."""
    if _is_plain is not None and _is_plain(data):  # nothing to do, found in one pass
        return data
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b"\x1b" in data:
        data = _COLOUR.sub(b"", data)
    if data.isascii() or _is_utf8(data):
        return data
    return b"\n".join(line if _is_utf8(line) else line.decode("latin-1").encode() for line in data.split(b"\n"))


def head_text(head: bytes) -> str:
    """The first bytes of an input as text for the detection of its format, decoded as `line_blocks` would."""
    encoding = _encoding(head)
    if encoding is not None:
        text = head.decode(encoding, errors="replace").lstrip("\ufeff").replace("\r\n", "\n")
    else:
        text = clean(head.removeprefix(codecs.BOM_UTF8)).decode(errors="replace")
    return text if "\n" in text else text.replace("\r", "\n")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoding(head: bytes) -> str | None:
    """The UTF-16 flavour by byte order mark, else by where the zero bytes of ASCII text lie; None for anything else."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:400]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(sample) >= 8 and odd > 0.8 * (len(sample) // 2) and even == 0:
        return "utf-16-le"
    if len(sample) >= 8 and even > 0.8 * (len(sample) // 2) and odd == 0:
        return "utf-16-be"
    return None


def _with_newlines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """`chunks` with newlines for carriage returns where a log ends its lines with these alone."""
    first = next(chunks, b"")
    if b"\r" not in first or b"\n" in first:
        yield first
        yield from chunks
        return
    yield first.replace(b"\r", b"\n")
    for chunk in chunks:
        yield chunk.replace(b"\r", b"\n")


def _utf8_chunks(stream: ByteStream, block_bytes: int) -> Iterator[bytes]:
    first = stream.read(block_bytes)
    encoding = _encoding(first)
    if encoding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        while chunk := stream.read(block_bytes):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    chunk = first
    while chunk:
        yield decoder.decode(chunk).encode(errors="replace")
        chunk = stream.read(block_bytes)
    yield decoder.decode(b"", final=True).encode(errors="replace")
