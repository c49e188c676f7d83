"""Time stamps of payloads: the DUT's clock."""

from __future__ import annotations

from collections.abc import Callable

from perfkit_analyzers.dut_clock import iso_time_ns
from perfkit_analyzers.scanner.built import compiled_scanner


def time_by_the_library(text: str | None) -> int | None:
    """As `payload_time_ns`, by the standard library alone."""
    return iso_time_ns(text) if text else None


_compiled = compiled_scanner()

payload_time_ns: Callable[[str | None], int | None] = (
    time_by_the_library if _compiled is None else _compiled.payload_time_ns
)
"""Payload time stamp in nanoseconds since 1970 UTC (as which it is taken without a zone); None if unreadable."""
