"""The result document as JSON text."""

from __future__ import annotations

import json

import msgspec


def result_json(document: msgspec.Struct) -> str:
    """The document as indented JSON in ASCII, which every terminal, shell and file system passes on unchanged."""
    plain = msgspec.to_builtins(document)
    try:
        return msgspec.json.format(json.dumps(plain, allow_nan=False), indent=2)
    except msgspec.DecodeError:  # half a surrogate, from a file name that is no UTF-8; slower, the same text
        return json.dumps(plain, allow_nan=False, indent=2)
