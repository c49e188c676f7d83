"""Reservation and remote trigger, station under test. Numbers are milliseconds."""

from __future__ import annotations

from generator.ledger import TRIGGERED, Row
from generator.octt import Line
from generator.station import Seen, StationRun
from generator.tool import Answer, Exchange, Payload, accepted, status

AUTHORIZE_PROMPT = "Please authorize the transaction, with idTag: 'HELIO-0451' on connectorId '1'."


def tc_046_2(run: StationRun) -> None:
    """A reserved connector: the cable is in before the request, Preparing only follows it."""
    run.begin()
    run.read_remote_authorization("false", 138)
    run.phase("Main")
    run.reserve(1, 61, 147, Seen(1, "Reserved", 205))
    run.plug_in(status=None)
    start = run.remote_start_call(accepted(124))
    run.status(1, "Preparing", at_ms=start.answered().at_ms + 61)
    run.started(start, 467)
    run.clean_up(120, 358)
    run.end()


def tc_047(run: StationRun) -> None:
    """Connector 2 reports before the answer and has nothing to do with it; the reservation expires."""
    run.begin()
    run.read_remote_authorization("false", 126)
    run.phase("Preparation")
    run.info("Entering state SetConnectorUnavailable (connectorId = 2)")
    run.becomes(134, Seen(2, "Unavailable", 174))
    run.phase("Main")
    reserve = run.reserve_call(1, 62, accepted(310))
    run.status(2, "Unavailable", at_ms=reserve.request.at_ms + 142)
    line = run.status(1, "Reserved", at_ms=reserve.answered().at_ms + 123)
    run.triggered(reserve, line, 123)
    run.info("Waiting for 20 seconds.")
    run.wait(20000)
    run.status(1, "Available")
    run.plug_in()
    run.started(run.remote_start_call(accepted(119)), 402)
    run.clean_up(123, 364)
    run.becomes(132, Seen(2, "Available", 181))
    run.end()


def tc_048_3(run: StationRun) -> None:
    """No reservation of an unavailable connector; on the way back the status overtakes the answer."""
    run.begin()
    run.phase("Preparation")
    run.info("Entering state SetConnectorUnavailable (connectorId = 1)")
    run.becomes(130, Seen(1, "Unavailable", 162))
    run.phase("Main")
    reserve = run.reserve_call(1, 63, status("Unavailable", 106))
    run.not_counted(reserve, "UNAVAILABLE", reserve.answer)
    run.wait(800)
    run.restore()
    change = run.change_availability(1, "Operative", accepted(205))
    line = run.status(1, "Available", at_ms=change.request.at_ms + 180)
    run.triggered(change, line, 180, "ORDER_ANOMALY")
    run.end()


def tc_049_failed(run: StationRun) -> None:
    """First attempt, FAIL: the reservation of the station is held silently. No value of it enters the headline."""
    run.begin()
    run.read_remote_authorization("false", 1412)
    run.phase("Main")
    reserve = run.reserve_call(0, 64, accepted(702))
    run.not_counted(reserve, "NO_STATUS")
    run.info("Waiting for request message of type StatusNotificationRequest")
    run.wait(30000)
    run.end(reasons=("Expected a StatusNotificationRequest with status Reserved, none was received.",))


def tc_049(run: StationRun) -> None:
    """Second attempt: the reservation of the station shows on connector 2, and so does its cancellation."""
    run.begin()
    run.read_remote_authorization("false", 131)
    run.phase("Main")
    run.reserve(0, 65, 151, Seen(2, "Reserved", 217))
    run.wait(3000)
    run.cancel(65, 117, Seen(2, "Available", 133))
    run.plug_in()
    run.started(run.remote_start_call(accepted(120)), 409)
    run.clean_up(122, 371)
    run.end()


def tc_051(run: StationRun) -> None:
    """Cancel a reservation, then charge."""
    run.begin()
    run.read_remote_authorization("false", 124)
    run.phase("Preparation")
    run.info("Entering state Reserved (connectorId = 1)")
    run.reserve(1, 66, 144, Seen(1, "Reserved", 199))
    run.info("Reached state Reserved")
    run.phase("Main")
    run.cancel(66, 111, Seen(1, "Available", 127))
    run.plug_in()
    run.started(run.remote_start_call(accepted(118)), 395)
    run.clean_up(119, 367)
    run.end()


def tc_052(run: StationRun) -> None:
    """Cancel an unknown reservation; going Inoperative from Reserved the station passes through Available."""
    run.begin()
    run.phase("Preparation")
    run.info("Entering state Reserved (connectorId = 1)")
    run.reserve(1, 67, 149, Seen(1, "Reserved", 208))
    run.info("Reached state Reserved")
    run.phase("Main")
    cancel = run.call("CancelReservation", {"reservationId": 6700}, status("Rejected", 97))
    run.not_counted(cancel, "REJECTED", cancel.answer)
    run.wait(700)
    run.restore()
    change = run.change_availability(1, "Inoperative", accepted(135))
    conf_ms = change.answered().at_ms
    run.status(1, "Available", at_ms=conf_ms + 95)
    line = run.status(1, "Unavailable", at_ms=conf_ms + 230)
    run.triggered(change, line, 230)
    run.wait(300)
    run.becomes(128, Seen(1, "Available", 176))
    run.end()


def tc_053(run: StationRun) -> None:
    """The station asks for the parent of the idTag before it reserves: an Authorize inside the interval."""
    run.begin()
    run.phase("Preparation")
    reserve = run.reserve_call(1, 68, accepted(145))
    conf_ms = reserve.answered().at_ms
    run.authorize(at_ms=conf_ms + 48, reply_ms=21)
    line = run.status(1, "Reserved", at_ms=conf_ms + 305)
    run.triggered(reserve, line, 305).net_ms = 284
    run.phase("Main")
    run.plug_in(status=None)
    run.prompt(AUTHORIZE_PROMPT, 5100)
    run.wait(600)
    run.authorize()
    run.status(1, "Preparing")
    run.start_transaction()
    run.status(1, "Charging")
    run.wait(2100)
    run.clean_up(121, 374)
    run.end()


def trigger(run: StationRun, message: str, answer: Answer, connector: int | None = None) -> Exchange:
    """TriggerMessage without what follows."""
    payload: Payload = {"requestedMessage": message}
    if connector is not None:
        payload["connectorId"] = connector
    return run.call("TriggerMessage", payload, answer)


def caused(run: StationRun, exchange: Exchange, message: str, *, line: Line, value_ms: int) -> None:
    """The message that a trigger caused; firmware and diagnostics stay out of the headline."""
    row = Row(TRIGGERED, "observation", exchange.request, exchange.answered(), line, value_ms=value_ms)
    row.combination = f"TriggerMessage/{message}"
    run.ledger.observe(row)
    row.in_headline = not message.startswith(("Diagnostics", "Firmware"))


def tc_054(run: StationRun) -> None:
    """The five triggers; a clock-aligned MeterValues and another connector's status get in the way."""
    run.begin()
    run.phase("Main")
    exchange = trigger(run, "MeterValues", accepted(88), 1)
    conf_ms = exchange.answered().at_ms
    run.meter_values("Sample.Clock", at_ms=conf_ms + 60)
    line = run.meter_values("Trigger", at_ms=conf_ms + 190)
    caused(run, exchange, "MeterValues", line=line, value_ms=190)

    exchange = trigger(run, "Heartbeat", accepted(74))
    line = run.receive("Heartbeat", {}, at_ms=exchange.answered().at_ms + 152)
    caused(run, exchange, "Heartbeat", line=line, value_ms=152)

    exchange = trigger(run, "StatusNotification", accepted(81), 1)
    conf_ms = exchange.answered().at_ms
    run.status(2, "Available", at_ms=conf_ms + 44)
    line = run.status(1, "Available", at_ms=conf_ms + 131)
    caused(run, exchange, "StatusNotification", line=line, value_ms=131)

    exchange = trigger(run, "DiagnosticsStatusNotification", accepted(79))
    line = run.receive("DiagnosticsStatusNotification", {"status": "Idle"}, at_ms=exchange.answered().at_ms + 118)
    caused(run, exchange, "DiagnosticsStatusNotification", line=line, value_ms=118)

    exchange = trigger(run, "FirmwareStatusNotification", status("NotImplemented", 72))
    combination = "TriggerMessage/FirmwareStatusNotification"
    run.exclude(TRIGGERED, exchange, "NOT_IMPLEMENTED", decided=exchange.answer, combination=combination)
    run.wait(500)
    run.end()
