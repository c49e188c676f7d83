"""Triggered function timeout (rules T1 to T9): for each request, scan what follows for its message."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.oracle.exchanges import Call, connection_end, first_step, steps_between
from tests.oracle.reading import Record, Run
from tests.oracle.rows import Row, censored, exclusion, observation
from tests.oracle.station import (
    cable_in,
    configured,
    heartbeat_predicted,
    in_sequence,
    is_queued,
    is_reboot,
    is_status,
    largest_connector,
    rebooting,
    status_before,
)

PARAMETER = "triggered_function_timeout"
CANDIDATES = ("CancelReservation", "ReserveNow", "ChangeAvailability", "TriggerMessage", "ExtendedTriggerMessage")
ENDS_WINDOW = ("Reset", "UpdateFirmware", "GetDiagnostics", "SignedUpdateFirmware", "GetLog")
ANSWER_REASONS = {
    "Rejected": "REJECTED",
    "NotImplemented": "NOT_IMPLEMENTED",
    "Occupied": "OCCUPIED",
    "Faulted": "FAULTED",
    "Unavailable": "UNAVAILABLE",
    "Scheduled": "SCHEDULED",
}
OWN_ROW = ("DiagnosticsStatusNotification", "FirmwareStatusNotification")


@dataclass
class Member:
    """One message that a request must cause; a set request has several (T2)."""

    fits: Callable[[int], bool]
    required: bool = True
    already: bool = False
    """The connector had the target status when the request was sent (T4)."""
    unknown: bool = False
    """The connector's status was never reported before the request."""
    alternative: Callable[[int], bool] = lambda _: False
    """The message fits, but with another status than the plain one (TARGET_ALT)."""
    found: int | None = None


@dataclass
class Window:
    """Where the search ends (T7)."""

    end: int
    cause: str


@dataclass
class Context:
    """All that the judgement of the requests of one run needs."""

    run: Run
    calls: list[Call]
    claimed: set[int] = field(default_factory=set)


def triggered_rows(run: Run, calls: list[Call]) -> list[Row]:
    """The rows of one run; oldest request first, so that the oldest that fits takes a message (T2)."""
    context = Context(run, calls)
    return [
        _judge(context, call) for call in calls if call.record.sender == "tool" and call.record.action in CANDIDATES
    ]


def combination_of(call: Call) -> str:
    """Section 5: ``<Action>/<caused message>``."""
    if call.record.action in ("TriggerMessage", "ExtendedTriggerMessage"):
        return f"{call.record.action}/{call.record.payload.get('requestedMessage')}"
    return f"{call.record.action}/StatusNotification"


def _judge(context: Context, call: Call) -> Row:
    refused = _answer_exclusion(call)
    if refused:
        reason, to = refused
        return exclusion(PARAMETER, call, reason, combination=combination_of(call), to=to)
    if call.record.action == "CancelReservation" and _connector(context, call) is None:
        reason = "NOOP" if _reservation(context, call) else "STATE_UNKNOWN"  # T4: held silently, cancelled silently
        return exclusion(PARAMETER, call, reason, combination=combination_of(call))
    window = _window(context, call)
    members = _members(context, call)
    no_op = all(member.already for member in members)  # T4: what comes later has another cause
    for member in [] if no_op else members:
        member.found = _search(context, call, member, window.end)
    found = sorted(member.found for member in members if member.found is not None)
    context.claimed.update(found)
    to = context.run.records[found[-1]] if found else None
    if rebooting(context.run, context.calls, call.index):  # T8
        return exclusion(PARAMETER, call, "REBOOT", combination=combination_of(call), to=to)
    if in_sequence(context.run, context.calls, call.index):  # T8
        return exclusion(PARAMETER, call, "FW_DIAG", combination=combination_of(call), to=to)
    if found and all(member.found is not None or not member.required for member in members):
        return _found_row(context, call, members, found[-1])
    return _silent_row(context, call, members, window)


def _answer_exclusion(call: Call) -> tuple[str, Record | None] | None:
    """What excludes before the message is searched: T1, T5, P4, and what A.4 does not name."""
    if call.record.action == "ExtendedTriggerMessage":
        return "NOT_IN_A4", call.answer
    if call.repeated_at:
        return "DUP_ID", call.repeated_at
    if call.answer is None:
        return "NO_CONF", call.lost_at
    if call.is_error:
        return "CALL_ERROR", call.answer
    if call.status != "Accepted":
        return ANSWER_REASONS.get(call.status or "", "REJECTED"), call.answer
    if call.record.payload.get("requestedMessage") == "BootNotification":
        return "REBOOT", call.answer
    return None


def _window(context: Context, call: Call) -> Window:
    """T7, and T8 for a BootNotification: the first record that ends the search, and why."""
    lost = connection_end(context.run, call.index)
    for index in range(call.index + 1, len(context.run.records)):
        record = context.run.records[index]
        if index == lost:
            return Window(index, "disconnect")
        if record.is_call(sender="tool") and record.action in ENDS_WINDOW:
            return Window(index, "request")
        if is_reboot(context.run, context.calls, index):
            return Window(index, "request" if record.prompt_kind == "power" else "reboot")
        if record.is_call(sender="tool", action=call.record.action) and _same_kind(context, call, index):
            return Window(index, "request")
    return Window(len(context.run.records), "end")


def _same_kind(context: Context, call: Call, index: int) -> bool:
    """T7: same action, for triggers the same message, and connectors that overlap (0 or none is all)."""
    later = next(c for c in context.calls if c.index == index)
    if call.record.payload.get("requestedMessage") != later.record.payload.get("requestedMessage"):
        return False
    here, there = _connector(context, call), _connector(context, later)
    return here == there or here in (0, None) or there in (0, None)


def _connector(context: Context, call: Call) -> int | None:
    """The connector a request concerns; 0 the whole station, None unknown or not named."""
    if call.record.action == "CancelReservation":
        return _reserved_connector(context, call)
    connector = call.record.payload.get("connectorId")
    return connector if isinstance(connector, int) else None


def _reservation(context: Context, call: Call) -> Call | None:
    """The newest accepted ReserveNow with the id that a CancelReservation names."""
    wanted = call.record.payload.get("reservationId")
    for reserve in reversed(context.calls):
        if (
            reserve.index < call.index
            and reserve.record.is_call(sender="tool", action="ReserveNow")
            and reserve.record.payload.get("reservationId") == wanted
            and reserve.status == "Accepted"
        ):
            return reserve
    return None


def _reserved_connector(context: Context, call: Call) -> int | None:
    """T2: the connector of the reservation; of 0 the first that was reported Reserved since and is so still."""
    reserve = _reservation(context, call)
    if reserve is None:
        return None
    connector = reserve.record.payload.get("connectorId")
    if connector != 0:
        return connector if isinstance(connector, int) else None
    for record in context.run.records[reserve.index : call.index]:
        if is_status(record, status="Reserved"):
            return int(record.payload["connectorId"])
    return None


def _search(context: Context, call: Call, member: Member, end: int) -> int | None:
    """T2: the first record in the window that satisfies and that no older request has taken."""
    wanted = [at for at in range(call.index + 1, end) if at not in context.claimed and member.fits(at)]
    if call.record.payload.get("requestedMessage") == "MeterValues":
        wanted = [at for at in wanted if "Trigger" in contexts(context.run.records[at])] or wanted
    return wanted[0] if wanted else None


def contexts(record: Record) -> set[str]:
    """All reading contexts that a MeterValues carries."""
    values = record.payload.get("meterValue", [])
    return {s["context"] for value in values for s in value.get("sampledValue", []) if "context" in s}


def _members(context: Context, call: Call) -> list[Member]:
    """T2: which messages the request must cause."""
    payload = call.record.payload
    if call.record.action == "TriggerMessage":
        if payload["requestedMessage"] == "StatusNotification":
            return _any_status_members(context, call)
        return [Member(fits=_triggered_message(context, call))]
    connector = _connector(context, call)
    if call.record.action == "ReserveNow":
        return [_status_member(context, call, connector or None, "Reserved")]
    if call.record.action == "CancelReservation":
        return [_status_member(context, call, connector, "Available", others=("Preparing",))]
    operative = payload.get("type") == "Operative"
    target = "Available" if operative else "Unavailable"
    others = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Faulted")
    wanted = [connector]
    holds = ("Unavailable",) if operative else ()
    if connector == 0:
        wanted = list(range(largest_connector(context.run, context.calls, call.index) + 1))
    members = [
        _status_member(context, call, one, target, others=others if operative else (), holds=holds) for one in wanted
    ]
    if connector == 0:
        for member in members:
            member.required = not member.already and not member.unknown
        nothing_to_do = Member(fits=lambda _: False, already=True)
        members = [member for member in members if not member.already] or [nothing_to_do]
    return members


def _status_member(
    context: Context,
    call: Call,
    connector: int | None,
    target: str,
    *,
    others: tuple[str, ...] = (),
    holds: tuple[str, ...] = (),
) -> Member:
    """A StatusNotification of the connector (None: any) with the target status, or with others if plugged.

    `holds`: the request holds already in any other status than these (T4).
    """
    run = context.run
    before = status_before(run, connector, call.index) if connector is not None else None
    accepted = others if connector and cable_in(run, connector, call.index) else ()
    return Member(
        fits=lambda at: (
            is_status(run.records[at], connector) and run.records[at].payload.get("status") in (target, *accepted)
        ),
        alternative=lambda at: run.records[at].payload.get("status") != target,
        already=before in (target, *accepted) or (bool(holds) and before is not None and before not in holds),
        unknown=before is None,
    )


def _any_status_members(context: Context, call: Call) -> list[Member]:
    """TriggerMessage(StatusNotification): one connector, or {0 … N} of which the never seen may be silent."""
    run, connector = context.run, _connector(context, call)
    wanted = [connector]
    if connector is None:
        wanted = list(range(largest_connector(run, context.calls, call.index) + 1))
    return [
        Member(
            fits=lambda at, one=one: is_status(run.records[at], one),  # type: ignore[misc]
            required=connector is not None or status_before(run, one or 0, call.index) is not None,
        )
        for one in wanted
    ]


def _triggered_message(context: Context, call: Call) -> Callable[[int], bool]:
    """The message a TriggerMessage names; periodic and clock-aligned MeterValues are none (T2)."""
    action, connector = call.record.payload["requestedMessage"], _connector(context, call)

    def fits(at: int) -> bool:
        record = context.run.records[at]
        if not record.is_call(sender="dut", action=action):
            return False
        if action != "MeterValues":
            return True
        here = connector in (None, record.payload.get("connectorId"))
        found = contexts(record)
        return here and ("Trigger" in found or not found & {"Sample.Clock", "Sample.Periodic"})

    return fits


def _found_row(context: Context, call: Call, members: list[Member], last: int) -> Row:
    """The message came: a value, unless the clock (P6), an operator (T9) or a queue (Q) spoils it."""
    run, name = context.run, combination_of(call)
    assert call.answer is not None
    assert call.answer_index is not None
    early = last < call.answer_index  # T3
    start, start_index = (call.record, call.index) if early else (call.answer, call.answer_index)
    end = run.records[last]
    if steps_between(run, start_index, last):
        return exclusion(PARAMETER, call, "CLOCK_STEP", combination=name, to=end)
    prompt = next((record for record in run.records[call.index + 1 : last] if record.needs_operator), None)
    if prompt:
        return exclusion(PARAMETER, call, "OPERATOR", combination=name, to=prompt)
    if is_queued(run, context.calls, last, call.record.at_ms):
        return exclusion(PARAMETER, call, "QUEUED", combination=name, to=end)
    row = observation(PARAMETER, call, combination=name, start=start, end=end)
    row.net_ms = (row.value_ms or 0) - nested_authorize_ms(run, context.calls, start_index, last)
    row.flags |= {"ORDER_ANOMALY"} if early else set()
    row.flags |= _flags(context, call, members, last)
    row.in_headline = call.record.payload.get("requestedMessage") not in OWN_ROW
    return row


def nested_authorize_ms(run: Run, calls: list[Call], start: int, end: int) -> int:
    """The tool's own answer time to Authorize requests that lie inside the interval."""
    return sum(
        call.answer.at_ms - call.record.at_ms
        for call in calls
        if call.record.is_call(sender="dut", action="Authorize")
        and call.answer
        and call.answer_index is not None
        and start < call.index < call.answer_index < end
    )


def _flags(context: Context, call: Call, members: list[Member], last: int) -> set[str]:
    """Flags of T2 and T6."""
    flags = set()
    run = context.run
    requested = call.record.payload.get("requestedMessage")
    if any(member.found is not None and member.alternative(member.found) for member in members):
        flags.add("TARGET_ALT")
    if any(member.found is None for member in members):
        flags.add("SET_PARTIAL")
    if requested == "Heartbeat" and heartbeat_predicted(run, context.calls, call.index, last):
        flags.add("PERIODIC_POSSIBLE")
    if requested == "MeterValues" and not contexts(run.records[last]):
        flags.add("CONTEXT_ABSENT")
    duration = configured(run, context.calls, "MinimumStatusDuration", call.index)
    if run.records[last].action == "StatusNotification" and duration and duration not in ("0", ""):
        flags.add("MIN_STATUS_DURATION")
    return flags


def _silent_row(context: Context, call: Call, members: list[Member], window: Window) -> Row:
    """T4, T7: the message, or one of the set, did not come in the window."""
    run, name = context.run, combination_of(call)
    assert call.answer is not None
    assert call.answer_index is not None
    ending = run.records[window.end] if window.end < len(run.records) else run.records[-1]
    if all(member.already for member in members):
        return exclusion(PARAMETER, call, "NOOP", combination=name)
    step = first_step(run, call.answer_index)
    if step and steps_between(run, call.answer_index, window.end):
        return exclusion(PARAMETER, call, "CLOCK_STEP", combination=name, to=step)
    prompt = next((r for r in run.records[call.index + 1 : window.end] if r.needs_operator), None)
    if prompt:
        return exclusion(PARAMETER, call, "OPERATOR", combination=name, to=prompt)
    if any(member.found is not None for member in members) and window.cause != "disconnect":
        return exclusion(PARAMETER, call, "SET_INCOMPLETE", combination=name)
    unknown = all(member.unknown for member in members if not member.already)
    if call.record.action == "ChangeAvailability" and unknown:
        return exclusion(PARAMETER, call, "STATE_UNKNOWN", combination=name)
    if window.cause in ("disconnect", "reboot"):
        reason = {"disconnect": "DISCONNECT", "reboot": "REBOOT"}[window.cause]
        return exclusion(PARAMETER, call, reason, combination=name, to=ending)
    held_silently = call.record.action == "ReserveNow" and call.record.payload.get("connectorId") == 0
    if held_silently or ending.at_ms < call.answer.at_ms:
        return exclusion(PARAMETER, call, "NO_STATUS", combination=name)
    row = censored(PARAMETER, call, combination=name, start=call.answer, end=ending)
    row.reason = "NO_STATUS"
    row.in_headline = call.record.payload.get("requestedMessage") not in OWN_ROW
    return row
