"""Documents that leave the laboratory inside a report, without secrets."""

from __future__ import annotations

import json

from perfkit.core.secrets import without_secrets


def document_without_secrets(content: bytes) -> bytes:
    """A JSON document (or other text) without secrets; the very bytes where there was none.

    Texts are looked at one by one, since a quoted log line is JSON inside a text of JSON; then the whole.
    """
    try:
        plain = json.loads(content)
    except ValueError:
        return without_secrets(content.decode("utf-8", "replace")).encode()
    texts = _cleaned(plain)
    if texts != plain:
        content = json.dumps(texts, indent=2).encode()
    return without_secrets(content.decode("utf-8")).encode()


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {key: _cleaned(entry) for key, entry in value.items()}
    return [_cleaned(entry) for entry in value] if isinstance(value, list) else value
