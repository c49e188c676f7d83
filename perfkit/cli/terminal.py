"""What the terminal can show."""

from __future__ import annotations

import os
import shutil
from typing import TextIO

PIPED_WIDTH_COLUMNS = 120
NARROWEST_COLUMNS = 60


def width_columns(stream: TextIO) -> int:
    """Columns of the terminal (COLUMNS wins), at least 60; 120 when the output is piped and COLUMNS is not set."""
    if not is_terminal(stream) and "COLUMNS" not in os.environ:
        return PIPED_WIDTH_COLUMNS
    return max(NARROWEST_COLUMNS, shutil.get_terminal_size().columns)


def has_colour(stream: TextIO) -> bool:
    """Whether to colour: on a terminal that is not dumb, unless NO_COLOR is set (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody watches the stream; a closed one is watched by nobody."""
    return not stream.closed and stream.isatty()
