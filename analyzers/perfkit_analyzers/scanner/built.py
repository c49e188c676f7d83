"""The scanner written in C, where it is built and wanted (docs/decisions/0004-compiled-scanner.md)."""

from __future__ import annotations

import os
from types import ModuleType


def compiled_scanner() -> ModuleType | None:
    """The functions of `_octt_scan.pyi`; None where they are not built or the environment says PERFKIT_PURE=1."""
    if os.environ.get("PERFKIT_PURE", "0") not in {"", "0"}:
        return None
    try:
        from perfkit_analyzers.scanner import _octt_scan
    except ImportError:
        return None
    return _octt_scan
