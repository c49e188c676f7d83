"""What a file of a campaign is, which decides how it is redacted or why it stays out of the copy."""

from __future__ import annotations

import codecs
import io
import re
from enum import Enum
from typing import NamedTuple

from perfkit.core.errors import InputError
from perfkit.redaction.yaml_text import is_lab, is_pics
from perfkit_analyzers.readers.table import open_log

_OF_PERFKIT = re.compile(r"\"schema\"\s*:\s*\"perfkit\.(?P<name>[a-z]+)/\d+\"")
_RECORDS = frozenset({"network", "monitor"})
_HEAD_CHARACTERS = 65_536
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Form(Enum):
    """How a text is redacted."""

    LOG = "log"
    RECORD = "record of the link"
    YAML = "YAML"


class Decoded(NamedTuple):
    """A text and what has to be done to get its bytes back; bytes that are no UTF-8 survive both ways."""

    text: str
    mark: bytes
    encoding: str

    def encode(self, text: str) -> bytes:
        """Bytes of a text in the encoding of this one."""
        return self.mark + text.encode(
            self.encoding, "surrogateescape" if self.encoding == "utf-8" else "surrogatepass"
        )


def decode(content: bytes) -> Decoded:
    """The content as text; UTF-16 by its byte order mark, else UTF-8."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Decoded(content[len(mark) :].decode(encoding, "surrogatepass"), mark, encoding)
    return Decoded(content.decode("utf-8", "surrogateescape"), b"", "utf-8")


def form_of(content: bytes, text: str, name: str) -> Form | str:
    """The form of a file, or the reason for which it stays out."""
    suffix = name.rpartition(".")[2].lower()
    if suffix in {"yaml", "yml"}:
        return Form.YAML if is_lab(text, name) or is_pics(text, name) else "neither a PICS nor a laboratory file"
    schema = _OF_PERFKIT.search(text, 0, _HEAD_CHARACTERS)
    if schema is not None and suffix in {"json", "jsonl"}:
        if schema["name"] in _RECORDS:
            return Form.RECORD
        return f"a perfkit.{schema['name']} document of the original; make it anew from the copy"
    return Form.LOG if _is_log(content, name) else "no log and no record that perfkit reads"


def _is_log(content: bytes, name: str) -> bool:
    try:
        return open_log(io.BytesIO(content), name) is not None
    except InputError:  # OCPP over SOAP, whose identities no rule finds
        return False
