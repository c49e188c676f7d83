"""The result document as JSON text."""

from __future__ import annotations

import json

import msgspec


def result_json(document: msgspec.Struct) -> str:
    """The document as indented JSON in ASCII, which every terminal, shell and file system passes on unchanged."""
    text = json.dumps(msgspec.to_builtins(document), allow_nan=False)
    return msgspec.json.format(text, indent=2)
