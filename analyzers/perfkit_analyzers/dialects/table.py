"""The OCPP versions perfkit understands."""

from __future__ import annotations

from typing import cast

from perfkit_analyzers.dialects import ocpp2, ocpp16
from perfkit_analyzers.dialects.base import Dialect

OCPP_16 = cast(Dialect, ocpp16)
OCPP_2 = cast(Dialect, ocpp2)
DIALECTS: tuple[Dialect, ...] = (OCPP_16, OCPP_2)

REPORTS = frozenset({"Heartbeat", "MeterValues", "StatusNotification"})
"""The most frequent CALLs of a station. Their answers mean nothing in any dialect but how long the tool took."""


def dialect_for_version(ocpp_version: str | None) -> Dialect | None:
    """Dialect of a version as a log header names it; None when it is not stated or not known."""
    if ocpp_version is None:
        return None
    return OCPP_2 if ocpp_version.startswith("2") else OCPP_16 if ocpp_version.startswith("1.6") else None


def dialect_for_action(action: str) -> Dialect | None:
    """Dialect that alone gives `action` a meaning; None when both or neither do."""
    knowing = [dialect for dialect in DIALECTS if action in dialect.calls]
    return knowing[0] if len(knowing) == 1 else None
