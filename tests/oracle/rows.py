"""What becomes of a candidate CALL: exactly one row."""

from dataclasses import dataclass, field

from tests.oracle.exchanges import Call
from tests.oracle.reading import Record


@dataclass
class Row:
    """One candidate and its fate."""

    parameter: str
    kind: str
    combination: str
    request_line: int
    from_line: int
    to_line: int | None
    value_ms: int | None = None
    net_ms: int | None = None
    reason: str | None = None
    flags: set[str] = field(default_factory=set)
    in_headline: bool = True
    test_case: str | None = None


def observation(parameter: str, call: Call, *, combination: str, start: Record, end: Record) -> Row:
    """A value."""
    value_ms = end.at_ms - start.at_ms
    return Row(
        parameter=parameter,
        kind="observation",
        combination=combination,
        request_line=call.record.line,
        from_line=start.line,
        to_line=end.line,
        value_ms=value_ms,
        net_ms=value_ms,
    )


def censored(parameter: str, call: Call, *, combination: str, start: Record, end: Record) -> Row:
    """Only a lower bound (P5)."""
    row = observation(parameter, call, combination=combination, start=start, end=end)
    row.kind, row.net_ms = "censored", None
    return row


def exclusion(parameter: str, call: Call, reason: str, *, combination: str, to: Record | None = None) -> Row:
    """No value, and why; ``to`` is the line that decided, None if silence did."""
    return Row(
        parameter=parameter,
        kind="exclusion",
        combination=combination,
        request_line=call.record.line,
        from_line=call.record.line,
        to_line=to.line if to else None,
        reason=reason,
        in_headline=False,
    )
