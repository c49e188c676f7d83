"""The formats that perfkit reads, the specific ones first, and the choice among them by content."""

from __future__ import annotations

import re
from typing import NamedTuple

from perfkit.core.errors import InputError
from perfkit_analyzers.logtext.blocks import HEAD_BYTES, ByteStream, head_text
from perfkit_analyzers.readers.base import LogFormat, LogReader
from perfkit_analyzers.readers.octt_legacy import OcttLegacy
from perfkit_analyzers.readers.octt_text import OcttText

LOG_FORMATS: tuple[LogFormat, ...] = (OcttText(), OcttLegacy())
# Below this a format is not sure enough of itself.
ENOUGH = 0.5
# OCPP over SOAP: envelopes, the namespaces of OCPP 1.5 and 1.6, or the header of an OCTT run with that medium; but not
# in a frame of OCPP-J, whose payload may carry anything.
_SOAP = re.compile(
    r"^(?!.*\[\s*[2-6]\s*,).*(?:<(?:\w+:)?Envelope\b|urn://Ocpp/C[sp]/20\d\d/\d\d/)"
    r"|^[^\S\n]*Communication Medium[^\S\n]*:[^\S\n]*SOAP",
    re.IGNORECASE | re.MULTILINE,
)


class OpenedLog(NamedTuple):
    """A log whose format is known, ready to be read once."""

    format: LogFormat
    reader: LogReader


def detect(head: str) -> LogFormat | None:
    """The format that is surest of the text, the first in the table among equals; None when none is."""
    scores = [(log_format.sniff(head), log_format) for log_format in LOG_FORMATS]
    score, best = max(scores, key=lambda pair: pair[0])
    return best if score >= ENOUGH else None


def format_named(name: str) -> LogFormat:
    """The format of that name, which must be one of the table."""
    return next(log_format for log_format in LOG_FORMATS if log_format.name == name)


def open_log(stream: ByteStream, name: str) -> OpenedLog | None:
    """The log in `stream` with the format its content shows; None when it is no log that perfkit knows.

    Raises:
        InputError: the log is one of OCPP over SOAP.
    """
    head = b""
    while len(head) < HEAD_BYTES and (part := stream.read(HEAD_BYTES - len(head))):
        head += part
    text = head_text(head)
    if _SOAP.search(text):
        raise InputError(f"{name}: SOAP not supported; perfkit reads logs of OCPP-J (JSON over WebSocket) only")
    log_format = detect(text)
    if log_format is None:
        return None
    return OpenedLog(log_format, log_format.read(_Rejoined(head, stream), name))


class _Rejoined:
    """A stream of which the head was read already."""

    def __init__(self, head: bytes, stream: ByteStream) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._stream.read(size)
        if size < 0:
            head, self._head = self._head, b""
            return head + self._stream.read()
        head, self._head = self._head[:size], self._head[size:]
        return head
