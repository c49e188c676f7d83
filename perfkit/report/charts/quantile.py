"""Quantiles of what a chart shows."""

from __future__ import annotations

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Quantile of ascending `values` by the nearest rank, a value that occurred.

    Examples:
        >>> quantile((1.0, 2.0, 3.0, 4.0), 0.25), quantile((5.0,), 0.75)
        (1.0, 5.0)
    """
    return values[max(0, math.ceil(share * len(values)) - 1)]
