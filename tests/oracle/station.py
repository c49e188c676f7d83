"""What was known of the station before a record: looked up by reading the run again from its start."""

from tests.oracle.exchanges import Call, connections
from tests.oracle.reading import Record, Run, payload_time_ms

TOLERANCE_MS = 4_000
QUEUEABLE = ("StartTransaction", "StopTransaction", "MeterValues")
CABLE_IN = ("Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing")
CLOSING = {
    "UpdateFirmware": ("FirmwareStatusNotification", ("Installed", "InstallationFailed", "DownloadFailed")),
    "SignedUpdateFirmware": (
        "SignedFirmwareStatusNotification",
        ("Installed", "InstallationFailed", "DownloadFailed", "InvalidSignature", "InstallVerificationFailed"),
    ),
    "GetDiagnostics": ("DiagnosticsStatusNotification", ("Uploaded", "UploadFailed")),
    "GetLog": (
        "LogStatusNotification",
        ("Uploaded", "UploadFailure", "BadMessage", "NotSupportedOperation", "PermissionDenied"),
    ),
}


def is_status(record: Record, connector: int | None = None, status: str | None = None) -> bool:
    """The record is a StatusNotification of the station, of the connector and with the status if named."""
    return (
        record.is_call(sender="dut", action="StatusNotification")
        and connector in (None, record.payload.get("connectorId"))
        and status in (None, record.payload.get("status"))
    )


def status_before(run: Run, connector: int, index: int) -> str | None:
    """The last status of the connector before the record (T4); None if none was reported in this run."""
    for record in reversed(run.records[:index]):
        if is_status(record, connector):
            return str(record.payload.get("status"))
    return None


def confirmation(run: Run, prompt_index: int) -> int | None:
    """Index of the dismissal that follows a prompt (log-formats section 1.4)."""
    for index in range(prompt_index + 1, len(run.records)):
        if run.records[index].tag == "api_dismissed":
            return index
    return None


def cable_in(run: Run, connector: int, index: int) -> bool:
    """The cable is known to be in before the record: by the connector's status or a confirmed plug-in prompt."""
    known = False
    for at in range(index):
        record = run.records[at]
        if is_status(record, connector):
            status = record.payload.get("status")
            if status in CABLE_IN:
                known = True
            if status == "Available":
                known = False
        if record.tag == "api_dismissed":
            kind = _dismissed_kind(run, at, connector)
            known = kind == "plug" or (known and kind != "unplug")
    return known


def _dismissed_kind(run: Run, dismissal: int, connector: int) -> str | None:
    """What the prompt asked for that this dismissal answers, if it concerns the connector."""
    for at in range(dismissal - 1, -1, -1):
        record = run.records[at]
        if record.prompt_kind:
            concerned = record.prompt_connector in (None, connector)
            return record.prompt_kind if concerned and confirmation(run, at) == dismissal else None
    return None


def plug_confirmed(run: Run, connector: int, start: int, end: int) -> bool:
    """A plug-in prompt for the connector was confirmed between two records."""
    return any(
        run.records[at].tag == "api_dismissed" and _dismissed_kind(run, at, connector) == "plug"
        for at in range(start + 1, end)
    )


def largest_connector(run: Run, calls: list[Call], index: int) -> int:
    """N of T2: NumberOfConnectors as answered, or the largest connector the station named, before the record."""
    named = [0]
    for record in run.records[:index]:
        connector = record.payload.get("connectorId")
        if record.is_call(sender="dut") and isinstance(connector, int):
            named.append(connector)
    number = configured(run, calls, "NumberOfConnectors", index)
    if number and number.isdigit():
        named.append(int(number))
    return max(named)


def configured(run: Run, calls: list[Call], key: str, index: int) -> str | None:
    """The newest value of a configuration key that the log shows before the record; None if it shows none."""
    value = None
    for call in sorted((c for c in calls if c.answered_before(index)), key=lambda c: c.answer_index or 0):
        if call.record.is_call(sender="tool", action="GetConfiguration") and call.answer:
            for entry in call.answer.payload.get("configurationKey", []):
                if entry.get("key") == key and entry.get("value") is not None:
                    value = str(entry["value"])
        changed = call.record.is_call(sender="tool", action="ChangeConfiguration") and call.status == "Accepted"
        if changed and call.record.payload.get("key") == key:
            value = str(call.record.payload.get("value"))
    return value


def is_reboot(run: Run, calls: list[Call], index: int) -> bool:
    """T8: an accepted Reset (its answer), a BootNotification or a power-cycle prompt."""
    record = run.records[index]
    if record.is_call(sender="dut", action="BootNotification") or record.prompt_kind == "power":
        return True
    return any(
        call.answer_index == index and call.record.action == "Reset" and call.status == "Accepted" for call in calls
    )


def rebooting(run: Run, calls: list[Call], index: int) -> bool:
    """T8: after a reboot began and before a StatusNotification followed the accepted BootNotification."""
    begun = [at for at in range(index) if is_reboot(run, calls, at)]
    if not begun:
        return False
    for call in calls:
        if call.record.is_call(sender="dut", action="BootNotification") and call.status == "Accepted":
            accepted_at = call.answer_index or 0
            if accepted_at > begun[-1] and any(map(is_status, run.records[accepted_at:index])):
                return False
    return True


def in_sequence(run: Run, calls: list[Call], index: int) -> bool:
    """T8: after UpdateFirmware, GetDiagnostics (or the security messages) and before its last notification."""
    for call in calls:
        if call.index >= index or call.record.sender != "tool" or call.record.action not in CLOSING:
            continue
        if call.answered_before(index) and (call.is_error or call.status == "Rejected"):
            continue
        action, final = CLOSING[call.record.action]
        ended = any(
            record.is_call(sender="dut", action=action) and record.payload.get("status") in final
            for record in run.records[call.index : index]
        )
        if not ended:
            return True
    return False


def heartbeat_predicted(run: Run, calls: list[Call], start: int, end: int) -> bool:
    """T2: the heartbeat grid, hung on the last Heartbeat or BootNotification answer, has a point in between."""
    interval = configured(run, calls, "HeartbeatInterval", start)
    anchor_ms = None
    for at in range(start):
        record = run.records[at]
        if record.is_call(sender="dut", action="Heartbeat"):
            anchor_ms = record.at_ms
        for call in calls:
            if call.answer_index == at and call.record.is_call(sender="dut", action="BootNotification"):
                anchor_ms = record.at_ms
                if interval is None and call.answer:
                    interval = str(call.answer.payload.get("interval"))
    if anchor_ms is None or not interval or not interval.isdigit() or int(interval) == 0:
        return False
    return any(
        run.records[start].at_ms <= point <= run.records[end].at_ms
        for point in range(anchor_ms + int(interval) * 1000, run.records[end].at_ms + 1, int(interval) * 1000)
    )


def message_time_ms(record: Record) -> int | None:
    """Payload time of a message that may be queued (Q)."""
    stamp = record.payload.get("timestamp")
    values = record.payload.get("meterValue")
    if record.action == "MeterValues" and isinstance(values, list) and values:
        stamp = values[0].get("timestamp")
    return payload_time_ms(stamp)


def clock_offset_ms(run: Run, calls: list[Call], index: int) -> int | None:
    """Log clock minus payload clock (Q): least delay of the StatusNotifications, else the tool's currentTime.

    Only what lies on the same side of every clock step is used, if there is any.
    """
    first, last = index, index + 1
    while first > 0 and not run.records[first].step:
        first -= 1
    while last < len(run.records) and not run.records[last].step:
        last += 1
    for low, high in ((first, last), (0, len(run.records))):
        for key in ("timestamp", "currentTime"):
            found = []
            for record in run.records[low:high]:
                told = payload_time_ms(record.payload.get(key))
                if told is None or (key == "timestamp" and not is_status(record)):
                    continue
                if key == "timestamp" or record.tag == "msg-out":
                    found.append(record.at_ms - told)
            if found:
                return min(found)
    return None


def is_queued(run: Run, calls: list[Call], index: int, request_ms: int) -> bool:
    """Q: replayed from the backlog of a lost connection, older than the request, or sent before."""
    record = run.records[index]
    if record.action not in QUEUEABLE:
        return False
    if any(r.is_call(sender="dut", action=record.action) and r.payload == record.payload for r in run.records[:index]):
        return True
    offset_ms, told_ms = clock_offset_ms(run, calls, index), message_time_ms(record)
    if offset_ms is None or told_ms is None:
        return False
    if told_ms + offset_ms < request_ms - TOLERANCE_MS:
        return True
    return _in_backlog(run, index, offset_ms)


def _in_backlog(run: Run, index: int, offset_ms: int) -> bool:
    epochs, downs = connections(run)
    ups = [
        at
        for at in range(1, index)
        if run.records[at].connection_event == "up" and (downs[at - 1] or epochs[at] != epochs[at - 1])
    ]
    if not ups:
        return False
    for record in run.records[ups[-1] : index + 1]:
        told_ms = message_time_ms(record)
        if not record.is_call(sender="dut") or record.action not in QUEUEABLE or told_ms is None:
            continue
        if told_ms + offset_ms > run.records[ups[-1]].at_ms - TOLERANCE_MS:
            return False
    return True
