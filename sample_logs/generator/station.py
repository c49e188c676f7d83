"""The charging station of the campaign in the tool's hands: what it is asked, what it sends, and what counts of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from generator.configuration import READ_ONLY
from generator.ledger import REMOTE_START, REMOTE_STOP, STOP_COMBINATION, TRIGGERED, Row
from generator.octt import VENDOR, Heading, Line
from generator.tool import Answer, Exchange, Payload, Run, accepted

ID_TAG = "HELIO-0451"
CLOCK_LAG_MS = 380  # the station's clock is late by this much
STARTS_AT = 4180  # first transaction id that the tool hands out in a run


@dataclass(frozen=True)
class Nested:
    """An Authorize inside another interval: when after the request, and how long the tool takes to answer it."""

    at_ms: int
    reply_ms: int


@dataclass(frozen=True)
class Seen:
    """A StatusNotification that follows: which connector, which status, how long after."""

    connector: int
    status: str
    after_ms: int


class StationRun(Run):
    """A run with the charging station under test."""

    def __init__(self, heading: Heading) -> None:
        """Begin with nothing known of the configuration."""
        super().__init__(heading)
        self.remote_authorization = "unknown"  # AuthorizeRemoteTxRequests as this run has shown it
        self.transaction = STARTS_AT

    # -- what the station sends ----------------------------------------------------------------------------

    def station_time(self, at_ms: int) -> str:
        """The station's clock at a time of the run, as its payloads carry it."""
        moment = self.heading.start + timedelta(milliseconds=at_ms - CLOCK_LAG_MS)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    def status(self, connector: int, status: str, *, at_ms: int | None = None, error: str = "NoError") -> Line:
        """StatusNotification."""
        at_ms = self.now_ms if at_ms is None else at_ms
        payload: Payload = {"connectorId": connector, "errorCode": error, "status": status}
        payload["timestamp"] = self.station_time(at_ms - 9)
        return self.receive("StatusNotification", payload, at_ms=at_ms)

    def statuses(self, *pairs: tuple[int, str]) -> None:
        """Several StatusNotifications, one after the other."""
        for connector, status in pairs:
            self.status(connector, status)

    def boot(self, reply: Answer | None = None) -> Line:
        """BootNotification."""
        payload: Payload = {"chargePointVendor": VENDOR, "chargePointModel": "HD-22 Duo"}
        payload |= {"chargePointSerialNumber": "HD22-000817", "firmwareVersion": "3.4.1"}
        return self.receive("BootNotification", payload, reply)

    def authorize(self, *, at_ms: int | None = None, reply_ms: int = 14) -> Line:
        """Authorize, accepted by the tool."""
        reply = Answer(reply_ms, {"idTagInfo": {"status": "Accepted"}})
        at_ms = self.now_ms if at_ms is None else at_ms
        return self.receive("Authorize", {"idTag": ID_TAG}, reply, at_ms=at_ms)

    def start_transaction(self, *, at_ms: int | None = None, made_ms: int | None = None) -> Line:
        """StartTransaction on connector 1; `made_ms` is when the station wrote it, if that was long before."""
        at_ms = self.now_ms if at_ms is None else at_ms
        self.transaction += 1
        reply = Answer(self.some_ms(9, 30), {"transactionId": self.transaction, "idTagInfo": {"status": "Accepted"}})
        payload = self.start_payload(at_ms - 11 if made_ms is None else made_ms)
        return self.receive("StartTransaction", payload, reply, at_ms=at_ms)

    def start_payload(self, made_ms: int) -> Payload:
        """What a StartTransaction carries."""
        payload: Payload = {"connectorId": 1, "idTag": ID_TAG, "meterStart": 128450}
        return payload | {"timestamp": self.station_time(made_ms)}

    def stop_transaction(self, reason: str, *, at_ms: int | None = None, made_ms: int | None = None) -> Line:
        """StopTransaction of the run's latest transaction."""
        at_ms = self.now_ms if at_ms is None else at_ms
        payload: Payload = {"transactionId": self.transaction, "meterStop": 128791, "reason": reason}
        payload["timestamp"] = self.station_time(at_ms - 11 if made_ms is None else made_ms)
        return self.receive("StopTransaction", payload, at_ms=at_ms)

    def meter_values(self, context: str, *, at_ms: int | None = None, made_ms: int | None = None) -> Line:
        """MeterValues of connector 1."""
        at_ms = self.now_ms if at_ms is None else at_ms
        sample = {"value": "128611", "context": context, "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
        stamp = self.station_time(at_ms - 15 if made_ms is None else made_ms)
        value = {"timestamp": stamp, "sampledValue": [sample]}
        return self.receive("MeterValues", {"connectorId": 1, "meterValue": [value]}, at_ms=at_ms)

    # -- configuration ---------------------------------------------------------------------------------------

    def read_remote_authorization(self, value: str, latency_ms: int) -> None:
        """GetConfiguration of AuthorizeRemoteTxRequests."""
        self.read_key("AuthorizeRemoteTxRequests", value, latency_ms)
        self.remote_authorization = value

    def read_key(self, key: str, value: str, latency_ms: int) -> Exchange:
        """GetConfiguration of one key."""
        entry: Payload = {"key": key, "readonly": key in READ_ONLY, "value": value}
        answer: Payload = {"configurationKey": [entry], "unknownKey": []}
        return self.call("GetConfiguration", {"key": [key]}, Answer(latency_ms, answer))

    def set_key(self, key: str, value: str, latency_ms: int) -> Exchange:
        """ChangeConfiguration, accepted."""
        return self.call("ChangeConfiguration", {"key": key, "value": value}, accepted(latency_ms))

    # -- triggered function ----------------------------------------------------------------------------------

    def triggered(self, exchange: Exchange, end: Line, value_ms: int, *flags: str) -> Row:
        """Enter the value of a triggered function, ended by `end`; returns the row for what is special about it."""
        begin = exchange.request if "ORDER_ANOMALY" in flags else exchange.answered()
        row = Row(TRIGGERED, "observation", exchange.request, begin, end, value_ms=value_ms, flags=flags)
        row.combination = f"{exchange.action}/StatusNotification"
        self.ledger.observe(row)
        return row

    def change_availability(self, connector: int, kind: str, answer: Answer) -> Exchange:
        """ChangeAvailability without what follows."""
        return self.call("ChangeAvailability", {"connectorId": connector, "type": kind}, answer)

    def becomes(self, conf_ms: int, seen: Seen, *flags: str) -> None:
        """ChangeAvailability of one connector, accepted, and the status that it causes."""
        kind = "Inoperative" if seen.status == "Unavailable" else "Operative"
        exchange = self.change_availability(seen.connector, kind, accepted(conf_ms))
        line = self.status(seen.connector, seen.status, at_ms=exchange.answered().at_ms + seen.after_ms)
        self.triggered(exchange, line, seen.after_ms, *flags)
        self.wait(10, 40)

    def all_become(self, conf_ms: int, *seen: Seen) -> None:
        """ChangeAvailability of connector 0, accepted, and the set of statuses that it causes; the last one counts."""
        kind = "Inoperative" if seen[-1].status == "Unavailable" else "Operative"
        exchange = self.change_availability(0, kind, accepted(conf_ms))
        conf = exchange.answered().at_ms
        lines = [self.status(item.connector, item.status, at_ms=conf + item.after_ms) for item in seen]
        self.triggered(exchange, lines[-1], seen[-1].after_ms).first_ms = seen[0].after_ms

    def reserve_call(self, connector: int, reservation: int, answer: Answer) -> Exchange:
        """ReserveNow without what follows."""
        expiry = (self.heading.start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        payload: Payload = {"connectorId": connector, "expiryDate": expiry, "idTag": ID_TAG}
        return self.call("ReserveNow", payload | {"reservationId": reservation}, answer)

    def reserve(self, connector: int, reservation: int, conf_ms: int, seen: Seen) -> None:
        """ReserveNow, accepted, and the status Reserved."""
        exchange = self.reserve_call(connector, reservation, accepted(conf_ms))
        line = self.status(seen.connector, seen.status, at_ms=exchange.answered().at_ms + seen.after_ms)
        self.triggered(exchange, line, seen.after_ms)

    def cancel(self, reservation: int, conf_ms: int, seen: Seen) -> None:
        """CancelReservation, accepted, and the status Available."""
        exchange = self.call("CancelReservation", {"reservationId": reservation}, accepted(conf_ms))
        line = self.status(seen.connector, seen.status, at_ms=exchange.answered().at_ms + seen.after_ms)
        self.triggered(exchange, line, seen.after_ms)

    def not_counted(self, exchange: Exchange, reason: str, decided: Line | None = None) -> None:
        """A triggered function that yields no value; without `decided` nothing shows it but silence."""
        self.exclude(TRIGGERED, exchange, reason, decided=decided, combination=f"{exchange.action}/StatusNotification")

    # -- transactions ----------------------------------------------------------------------------------------

    def plug_in(self, *, person_ms: int = 5200, status: str | None = "Preparing") -> Line:
        """Ask for the cable; the station reports `status`, or nothing if None."""
        line = self.prompt("Please plug in your cable on Charging Station side on connectorId '1'.", person_ms)
        self.wait(310, 900)
        if status:
            self.status(1, status)
        return line

    def unplug(self, *, status: str = "Available") -> None:
        """Ask to take the cable out."""
        self.prompt("Please unplug your cable on Charging Station side now.", self.some_ms(3100, 7900))
        self.wait(250, 700)
        self.status(1, status)

    def remote_start_call(self, answer: Answer, *, message_id: str = "", profile: Payload | None = None) -> Exchange:
        """RemoteStartTransaction on connector 1 without what follows."""
        payload: Payload = {"connectorId": 1, "idTag": ID_TAG}
        if profile is not None:
            payload["chargingProfile"] = profile
        return self.call("RemoteStartTransaction", payload, answer, message_id=message_id)

    def started(self, exchange: Exchange, start_ms: int, nested: Nested | None = None) -> None:
        """The StartTransaction `start_ms` after the request, perhaps after an Authorize, and the value it gives."""
        request_ms = exchange.request.at_ms
        if nested:
            self.authorize(at_ms=request_ms + nested.at_ms, reply_ms=nested.reply_ms)
        line = self.start_transaction(at_ms=request_ms + start_ms)
        row = Row(REMOTE_START, "observation", exchange.request, exchange.request, line, value_ms=start_ms)
        word = "with" if nested else "without"
        row.combination = f"AuthorizeRemoteTxRequests={self.remote_authorization}, {word} Authorize"
        row.net_ms = start_ms - nested.reply_ms if nested else None
        row.flags = ("ORDER_ANOMALY",) if line.at_ms < exchange.answered().at_ms else ()
        self.ledger.observe(row)
        self.wait(120, 260)
        self.status(1, "Charging")
        self.wait(900, 2400)

    def charging(self, conf_ms: int, start_ms: int, nested: Nested | None = None) -> None:
        """The reusable state Charging: cable in, remote start, transaction."""
        self.info("Entering state Charging (connectorId = 1)")
        self.plug_in()
        self.started(self.remote_start_call(accepted(conf_ms)), start_ms, nested)
        self.info("Reached state Charging")

    def remote_stop(self, conf_ms: int, stop_ms: int) -> None:
        """RemoteStopTransaction and the StopTransaction `stop_ms` after it."""
        exchange = self.remote_stop_call(accepted(conf_ms))
        line = self.stop_transaction("Remote", at_ms=exchange.request.at_ms + stop_ms)
        row = Row(REMOTE_STOP, "observation", exchange.request, exchange.request, line, STOP_COMBINATION, stop_ms)
        self.ledger.observe(row)
        self.status(1, "Finishing")

    def remote_stop_call(self, answer: Answer, transaction: int | None = None) -> Exchange:
        """RemoteStopTransaction without what follows."""
        number = self.transaction if transaction is None else transaction
        return self.call("RemoteStopTransaction", {"transactionId": number}, answer)

    def clean_up(self, conf_ms: int, stop_ms: int) -> None:
        """The tool stops the transaction that the main steps left running."""
        self.restore()
        self.info("Stop all running transactions.")
        self.remote_stop(conf_ms, stop_ms)
        self.unplug()
