"""Which measured values are above the stated ones."""

from __future__ import annotations

from perfkit.core.analysis_record import AnalysisDocument, ParameterResult
from perfkit.core.uncertainty import Comparison

_ABOVE = {Comparison.ABOVE, Comparison.ABOVE_UNCERTAIN}


def is_exceeded(parameter: ParameterResult) -> bool:
    """Whether the measured value is above the stated one, by simple acceptance (ILAC-G8:09/2019, 4.2.1).

    The value itself decides; one that is above by less than its uncertainty is above.
    """
    return parameter.comparison in _ABOVE


def exceeded(document: AnalysisDocument) -> list[ParameterResult]:
    """The parameters whose stated value is exceeded."""
    return [parameter for parameter in document.parameters if is_exceeded(parameter)]
