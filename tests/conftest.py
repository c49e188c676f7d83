"""Options of this test suite."""

from __future__ import annotations

import signal
import sysconfig
from pathlib import Path

import pytest

SOURCE_ROOT = Path(__file__).parents[1] / "analyzers"


# A shell starts programs in the background with Ctrl-C ignored, which the programs that tests interrupt would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure() -> None:
    """Refuse to test yesterday's rules: Python prefers what was compiled to the sources beside it."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
    for compiled in SOURCE_ROOT.rglob(f"*{suffix}"):
        source = compiled.with_name(compiled.name.removesuffix(suffix) + ".py")
        if source.exists() and source.stat().st_mtime > compiled.stat().st_mtime:
            raise pytest.UsageError(
                f"{source.relative_to(SOURCE_ROOT.parent)} was changed after it was compiled: run `make test`, or "
                "`PERFKIT_PURE=1 pip install -e .` to work without compiled modules"
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what perfkit says now; then read the diff",
    )
