"""Values and counts as they are printed: rounding, units, plurals."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from perfkit.core.analysis_record import AnalysisDocument, Outcome, ParameterResult, Place

DEFAULT_DECIMALS = 3
"""Milliseconds: what an OCTT log resolves."""

NOTHING = "-"

_NANOSECOND = Decimal("1e-9")

# A stated value as written in a PICS file: `2`, `2.50 s`, `500 ms`, `1e-1`.
_STATED = re.compile(r"\s*(?P<number>[0-9.]+(?:[eE][+-]?\d+)?)\s*(?P<unit>ms|s)?\s*")


def seconds(value_s: float | None, *, unit: bool = False) -> str:
    """A duration to the millisecond, "-" for None.

    Examples:
        >>> seconds(0.6125), seconds(None), seconds(12.0, unit=True)
        ('0.612', '-', '12.000 s')
    """
    return _rounded(value_s, DEFAULT_DECIMALS, ROUND_HALF_EVEN, unit=unit)


def seconds_up(value_s: float | None, decimals: int = DEFAULT_DECIMALS) -> str:
    """A duration rounded up, with unit.

    Examples:
        >>> seconds_up(0.6121, 1), seconds_up(0.6, 1), seconds_up(1.0001, 0), seconds_up(0.862, 3)
        ('0.7 s', '0.6 s', '2 s', '0.862 s')
    """
    return _rounded(value_s, decimals, ROUND_CEILING, unit=True)


def _rounded(value_s: float | None, decimals: int, rounding: str, *, unit: bool) -> str:
    if value_s is None:
        return NOTHING
    # The nanosecond first: what floats add beyond it must not carry 0.862 up to 0.863.
    exact = Decimal(value_s).quantize(_NANOSECOND, ROUND_HALF_EVEN)
    number = exact.quantize(Decimal(1).scaleb(-decimals), rounding)
    return f"{number:f} s" if unit else f"{number:f}"


def stated_decimals(stated_text: str | None) -> int:
    """Decimals of the second of a stated value as it is written.

    Examples:
        >>> [stated_decimals(text) for text in ("5", "2.50", "500 ms", "2.5 s", "1e-1", None)]
        [0, 2, 3, 1, 1, 3]
    """
    match = _STATED.fullmatch(stated_text or "")
    if match is None:
        return DEFAULT_DECIMALS
    exponent = int(Decimal(match["number"]).as_tuple().exponent)
    return min(9, max(0, -exponent) + (3 if match["unit"] == "ms" else 0))


def measured_text(parameter: ParameterResult, document: AnalysisDocument) -> str:
    """The headline as printed beside the stated value; "-" where the parameter does not apply.

    Rounded up to the decimals of the stated value (policy `digits` wins), else to the millisecond. A wait without an
    answer is a lower bound and rounded down.
    """
    if parameter.outcome is not Outcome.MEASURED:
        return NOTHING if parameter.outcome is Outcome.NOT_APPLICABLE else "not measured"
    if parameter.measured_is_lower_bound:
        bound = _rounded(parameter.measured_s, DEFAULT_DECIMALS, ROUND_FLOOR, unit=True)
        return f"> {bound} (no answer)"
    if parameter.stated_s is None:
        return seconds(parameter.measured_s, unit=True)
    digits = document.policy.values.get("digits", "null")
    decimals = int(digits) if digits.isdecimal() else stated_decimals(parameter.stated_text)
    return seconds_up(parameter.measured_s, decimals)


def stated_text(parameter: ParameterResult) -> str:
    """The stated value as the vendor wrote it, with unit; "-" where none is stated or the parameter does not apply."""
    if not parameter.applicable or parameter.stated_text is None:
        return NOTHING
    has_unit = parameter.stated_text.strip()[-1:].isalpha()
    return parameter.stated_text if has_unit else f"{parameter.stated_text} s"


def place_text(place: Place) -> str:
    """`file:request-end (row n)`, with the interval where it does not begin at the request."""
    if place.from_line == place.request_line:
        end = "" if place.to_line is None else f"-{place.to_line}"
        return f"{place.file}:{place.request_line}{end} (row {place.row})"
    end = "the end" if place.to_line is None else str(place.to_line)
    return f"{place.file}:{place.request_line}, measured from line {place.from_line} to {end} (row {place.row})"


def percent(share: float, decimals: int = 1) -> str:
    """A share in percent.

    Examples:
        >>> percent(0.8912), percent(0.0004, 2)
        ('89.1 %', '0.04 %')
    """
    return f"{100 * share:.{decimals}f} %"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun.

    Examples:
        >>> counted(1, "run"), counted(1200, "run"), counted(2, "entry", "entries")
        ('1 run', '1,200 runs', '2 entries')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
