"""What a prompt asks the operator to do, recognised loosely: the texts differ between builds."""

from __future__ import annotations

import re
from enum import StrEnum


class PromptKind(StrEnum):
    """The kinds that rules tell apart."""

    PLUG_IN = "plug in"
    UNPLUG = "unplug"
    POWER = "power"
    OTHER = "other"


_UNPLUG = re.compile(
    r"\b(?:un-?plug|disconnect the (?:cable|ev|vehicle|plug)|remove the (?:cable|plug))", re.IGNORECASE
)
_PLUG_IN = re.compile(
    r"\b(?:plug[- ]?in|plug (?:the|your|a) |connect (?:the|your) (?:cable|ev|vehicle|plug)|insert the plug)",
    re.IGNORECASE,
)
_POWER = re.compile(
    r"\bpower[- ]?(?:cycle|down|off|on|up)|\breboot|\brestart the (?:charg|station)"
    r"|\b(?:switch|turn|take)\b.{0,40}\b(?:off|on)\b.{0,20}\bpower|\b(?:power|mains)\b.{0,40}\b(?:off|on|down|failure)\b",
    re.IGNORECASE,
)
_CONNECTOR = re.compile(r"connectorId (?:is |')?\s*'?(\d+)", re.IGNORECASE)


def classify_prompt(text: str) -> PromptKind:
    """Kind of a prompt's text."""
    if _UNPLUG.search(text):
        return PromptKind.UNPLUG
    if _PLUG_IN.search(text):
        return PromptKind.PLUG_IN
    return PromptKind.POWER if _POWER.search(text) else PromptKind.OTHER


def prompt_connector(text: str) -> int | None:
    """Connector that a prompt names; None when it names none."""
    match = _CONNECTOR.search(text)
    return int(match[1]) if match else None
