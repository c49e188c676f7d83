"""The program that made a document."""

from __future__ import annotations

import msgspec


class ToolInfo(msgspec.Struct, frozen=True):
    """The program that made the document."""

    name: str
    version: str
