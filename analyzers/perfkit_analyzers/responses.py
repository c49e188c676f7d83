"""The row of an exchange: what a CALL of the tool yields for a response time."""

from __future__ import annotations

from typing import Final

from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.exchange import Ending, Exchange

# Python 3.11 calls a function to look up a member of an enumeration; these are asked for with every row.
_OBSERVATION: Final = RowKind.OBSERVATION
_UNANSWERED: Final = Ending.UNANSWERED
_DISCONNECTED: Final = Ending.DISCONNECTED
_RETRANSMITTED: Final = Ending.RETRANSMITTED


def response_row(
    parameter: str, exchange: Exchange, *, phase: str | None, errors_apart: bool, combination: str | None = None
) -> Row:
    """Row of an exchange; `combination` defaults to the action. `errors_apart`: CALLERRORs are no headline values."""
    call = exchange.call
    value_ns = exchange.end_ns - call.stamp_ns
    named = combination or call.action or ""
    flags = exchange.flags
    separate = False
    if exchange.is_error:
        named = f"{call.action}/CALLERROR"
        flags = (Flag.CALL_ERROR, *flags)
        separate = errors_apart
    kind, reason = _OBSERVATION, _exclusion(exchange)
    if reason is not None:
        kind = RowKind.EXCLUSION
    elif exchange.ending is _UNANSWERED:
        kind = RowKind.CENSORED
    return Row(
        parameter,
        kind,
        named,
        call.line,
        call.line,
        exchange.end_line,
        None if reason is not None else value_ns,
        reason,
        flags,
        None,
        None,
        None,
        separate,
        phase,
        call.station,
        call.stamp_ns,
    )


def _exclusion(exchange: Exchange) -> Reason | None:
    if exchange.ending is _DISCONNECTED:
        return Reason.NO_RESP_DISCONNECT
    if exchange.ending is _RETRANSMITTED:
        return Reason.DUP_ID
    if exchange.handshake:
        return Reason.HANDSHAKE
    stepped = exchange.clock_step or exchange.end_ns < exchange.call.stamp_ns
    return Reason.CLOCK_STEP if stepped else None
