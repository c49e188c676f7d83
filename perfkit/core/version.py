"""The version of perfkit, read by the build and written into every result."""

from __future__ import annotations

VERSION = "0.1.0"
