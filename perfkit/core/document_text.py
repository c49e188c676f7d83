"""Result documents as they come back from disk, whatever a user's system did to them on the way."""

from __future__ import annotations

import codecs
import json


def plain_document(content: bytes) -> object:
    r"""The JSON in a file as dictionaries and lists.

    Half of a surrogate pair, from a file name that is no UTF-8, becomes an escape, because no encoding has it.

    Examples:
        >>> plain_document(b'{"path": "b\\udce4d.log"}')
        {'path': 'b\\udce4d.log'}

    Raises:
        ValueError: it is not UTF-8 (a byte order mark is passed over), not JSON, or nested too deep.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("the file is in UTF-16, as PowerShell's `>` writes it; save it as UTF-8")
    try:
        return json.loads(content.decode("utf-8-sig"), object_hook=_encodable)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _encodable(entry: dict[str, object]) -> dict[str, object]:
    return {_text(key): _texts(value) for key, value in entry.items()}


def _texts(value: object) -> object:
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
