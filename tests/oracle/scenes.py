"""What may happen in a test case, drawn at random: each method is a short scene of lines in their order."""

from typing import Any

from tests.oracle.items import Bricks, Item

STATUSES = ("Available", "Preparing", "Charging", "SuspendedEV", "Finishing", "Unavailable", "Reserved", "Faulted")


class Scenes(Bricks):
    """The situations of the measurement rules."""

    def misc(self) -> list[Item]:
        """Requests that cause nothing but an answer."""
        action = self.rng.choice(("ClearCache", "GetLocalListVersion", "UnlockConnector", "DataTransfer"))
        call = self.call("tool", action, {}, gap_ms=self.ms(500, 3000))
        fate = self.rng.random()
        if fate < 0.1:
            return [call]
        if fate < 0.25:
            return [call, self.error(call)]
        return [call, self.answer(call, {"status": "Accepted"}, gap_ms=self.ms())]

    def configuration(self) -> list[Item]:
        """Settings that the rules look at."""
        key, values = self.rng.choice(
            (
                ("AuthorizeRemoteTxRequests", ("true", "false")),
                ("MinimumStatusDuration", ("0", "2")),
                ("HeartbeatInterval", ("1", "300")),
            )
        )
        value = self.rng.choice(values)
        if self.rng.random() < 0.5:
            entry = {"key": key, "readonly": False, "value": value}
            return self.asked("GetConfiguration", {"key": [key]}, {"configurationKey": [entry]})
        status = self.rng.choice(("Accepted", "Accepted", "Rejected"))
        return self.asked("ChangeConfiguration", {"key": key, "value": value}, {"status": status})

    def reservation(self) -> list[Item]:
        """ReserveNow, status, CancelReservation, status; each part may fail."""
        reservation, self.station.next_reservation = self.station.next_reservation, self.station.next_reservation + 1
        connector = self.connector()
        asked_for = self.rng.choice((connector, connector, 0))
        status = self.rng.choice(("Accepted",) * 6 + ("Rejected", "Occupied", "Faulted", "Unavailable"))
        payload = {"connectorId": asked_for, "reservationId": reservation, "idTag": "TAG1"}
        items = self.asked("ReserveNow", payload, {"status": status})
        if self.rng.random() < 0.2:
            items[1:1] = self.authorize("TAG1", "Accepted")
        if status != "Accepted":
            return items
        if self.rng.random() < 0.85:  # else it is held silently
            self.early_or_late(items, self.status(connector, "Reserved"))
        plugged = self.rng.random() < 0.2
        items += self.plug(connector) if plugged else []
        if self.rng.random() < 0.8:
            status = self.rng.choice(("Accepted", "Accepted", "Accepted", "Rejected"))
            cancel = self.asked("CancelReservation", {"reservationId": reservation}, {"status": status})
            if status == "Accepted" and self.rng.random() < 0.9:
                self.early_or_late(cancel, self.status(connector, "Preparing" if plugged else "Available"))
            items += cancel
        return items

    def early_or_late(self, exchange: list[Item], caused: list[Item]) -> None:
        """Puts the caused message after the answer, now and then before it."""
        if self.rng.random() < 0.12:
            exchange[1:1] = caused
        else:
            if self.rng.random() < 0.15:
                exchange += self.status(self.connector(), self.rng.choice(("Available", "Unavailable")))
            exchange += caused

    def availability(self) -> list[Item]:
        """ChangeAvailability of one connector."""
        connector = self.connector()
        operative = self.station.status.get(connector, "Unavailable") == "Unavailable"
        operative = operative if self.rng.random() < 0.8 else not operative
        payload = {"connectorId": connector, "type": "Operative" if operative else "Inoperative"}
        answer = self.rng.choice(("Accepted",) * 6 + ("Rejected", "Scheduled"))
        items = self.asked("ChangeAvailability", payload, {"status": answer})
        target = "Available" if operative else "Unavailable"
        silent = self.station.status.get(connector) == target or self.rng.random() < 0.1
        if answer == "Accepted" and not silent:
            caused = self.status(connector, target)
            if not operative and self.rng.random() < 0.15:
                caused = self.status(connector, "Available") + self.status(connector, "Unavailable")
            self.early_or_late(items, caused)
        return items

    def availability_of_all(self) -> list[Item]:
        """ChangeAvailability of connector 0, with every connector known before."""
        items = [item for one in range(self.station.connectors + 1) for item in self.status(one, "Available")]
        if self.rng.random() < 0.3:
            items = items[2:]  # connector 0 is not reported before
        items += self.status(1, "Unavailable") if self.rng.random() < 0.3 else []
        payload = {"connectorId": 0, "type": "Inoperative"}
        items += self.asked("ChangeAvailability", payload, {"status": "Accepted"})
        order = [one for one in range(self.station.connectors + 1) if self.rng.random() < 0.85]
        self.rng.shuffle(order)
        for one in order:
            items += self.status(one, "Unavailable")
        return items

    def trigger(self) -> list[Item]:
        """TriggerMessage of any kind."""
        connector = self.connector()
        requested = self.rng.choice(
            (
                "MeterValues",
                "Heartbeat",
                "Heartbeat",
                "StatusNotification",
                "StatusNotification",
                "DiagnosticsStatusNotification",
                "FirmwareStatusNotification",
                "BootNotification",
            )
        )
        payload: dict[str, Any] = {"requestedMessage": requested}
        if requested in ("MeterValues", "StatusNotification") and self.rng.random() < 0.7:
            payload["connectorId"] = connector
        if self.rng.random() < 0.05:
            call = self.call("tool", "ExtendedTriggerMessage", {"requestedMessage": requested}, gap_ms=900)
            return [call, self.answer(call, {"status": "Accepted"}, gap_ms=self.ms())]
        answer = self.rng.choice(("Accepted",) * 7 + ("Rejected", "NotImplemented"))
        items = self.asked("TriggerMessage", payload, {"status": answer})
        if answer == "Accepted" and requested != "BootNotification" and self.rng.random() < 0.9:
            self.early_or_late(items, self.triggered(requested, payload.get("connectorId"), connector))
        return items

    def triggered(self, requested: str, connector: int | None, default: int) -> list[Item]:
        """What the station sends upon a trigger."""
        if requested == "MeterValues":
            context = self.rng.choice(("Trigger", "Trigger", "Trigger", None))
            before = self.meter_values(connector or default) if self.rng.random() < 0.3 else []
            return before + self.meter_values(connector or default, context)
        if requested == "StatusNotification":
            some = [connector] if connector else list(range(self.station.connectors + 1))
            some = [one for one in some if connector or self.rng.random() < 0.9]
            self.rng.shuffle(some)
            return [item for one in some for item in self.status(one, self.station.status.get(one, "Available"))]
        payload = {} if requested == "Heartbeat" else {"status": "Idle"}
        return self.told(self.call("dut", requested, payload))

    def meter_values(self, connector: int, context: str | None = "Sample.Periodic", age_ms: int = 0) -> list[Item]:
        """MeterValues with one sample."""
        sample = {"value": str(self.rng.randrange(9999))} | ({"context": context} if context else {})
        payload = {"connectorId": connector, "meterValue": [{"timestamp": "", "sampledValue": [sample]}]}
        return self.told(self.timed("MeterValues", payload, age_ms=age_ms))

    def heartbeat(self) -> list[Item]:
        """A periodic Heartbeat; the tool tells its time."""
        call = self.call("dut", "Heartbeat", {})
        return [call, self.answer(call, {"currentTime": ""})]

    def authorize(self, tag: str, status: str) -> list[Item]:
        """Authorize of the station."""
        call = self.call("dut", "Authorize", {"idTag": tag})
        return [call, self.answer(call, {"idTagInfo": {"status": status}})]

    def remote_start(self) -> list[Item]:
        """RemoteStartTransaction in all variants, some with the stop that ends it."""
        connector = self.connector()
        variant = self.rng.choice(("plugged",) * 6 + ("late", "timeout", "finishing", "reserved", "as_is", "faulted"))
        items: list[Item] = []
        if variant == "plugged":
            items += self.plug(connector) + self.status(connector, "Preparing")
        elif variant in ("finishing", "reserved"):
            items += self.status(connector, variant.capitalize())
            items += self.plug(connector) if self.rng.random() < 0.6 else []
        elif variant in ("late", "timeout"):
            items += self.status(connector, "Available")
        tag = self.rng.choice(("TAG1", "TAG2"))
        payload = {"idTag": tag} | ({"connectorId": connector} if self.rng.random() < 0.7 else {})
        answer = self.rng.choice(("Accepted",) * 8 + ("Rejected",))
        exchange = self.asked("RemoteStartTransaction", payload, {"status": answer})
        if answer == "Rejected":
            return items + exchange
        return items + exchange + self.after_start(variant, connector, tag, exchange)

    def after_start(self, variant: str, connector: int, tag: str, exchange: list[Item]) -> list[Item]:
        """What follows an accepted RemoteStartTransaction."""
        items: list[Item] = []
        accepted = "Accepted"
        if self.rng.random() < 0.4:
            accepted = self.rng.choice(("Accepted", "Accepted", "Accepted", "Blocked"))
            items += self.authorize(tag, accepted)
        if self.rng.random() < 0.1:
            items += self.authorize("TAG3", self.rng.choice(("Accepted", "Blocked")))  # somebody else
        if variant == "faulted":
            items += self.status(self.rng.choice((connector, connector, 0)), "Faulted")
        if variant in ("late", "timeout", "reserved"):
            items += self.status(connector, "Preparing")
        if variant == "late":
            items += self.plug(connector)
        if variant == "timeout":
            return items + self.status(connector, "Available")
        if accepted != "Accepted" or self.rng.random() < 0.1:
            return items
        begin = self.begin(connector, tag)
        if self.rng.random() < 0.1 and not items:
            exchange[1:1] = begin
            begin = []
        items += begin
        items += self.status(connector, "Charging") if self.rng.random() < 0.8 else []
        return items + (self.remote_stop(connector) if self.rng.random() < 0.6 else [])

    def begin(self, connector: int, tag: str, age_ms: int = 0) -> list[Item]:
        """StartTransaction; the tool gives the transaction its number."""
        number, self.station.next_transaction = self.station.next_transaction, self.station.next_transaction + 1
        self.station.transactions[connector] = number
        payload = {"connectorId": connector, "idTag": tag, "meterStart": self.rng.randrange(9999), "timestamp": ""}
        call = self.timed("StartTransaction", payload, age_ms=age_ms)
        return [call, self.answer(call, {"transactionId": number, "idTagInfo": {"status": "Accepted"}})]

    def end(self, number: int, reason: str | None, age_ms: int = 0) -> list[Item]:
        """StopTransaction."""
        payload: dict[str, Any] = {"transactionId": number, "meterStop": self.rng.randrange(9999), "timestamp": ""}
        call = self.timed("StopTransaction", payload | ({"reason": reason} if reason else {}), age_ms=age_ms)
        return self.told(call)

    def remote_stop(self, connector: int | None = None) -> list[Item]:
        """RemoteStopTransaction of the running transaction, or of one nobody knows."""
        connector = connector or self.connector()
        number = self.station.transactions.get(connector, 7)
        answer = self.rng.choice(("Accepted",) * 8 + ("Rejected",))
        items = self.asked("RemoteStopTransaction", {"transactionId": number}, {"status": answer})
        if answer == "Rejected" or self.rng.random() < 0.1:
            return items
        items += self.plug(connector, "unplug") if self.rng.random() < 0.1 else []
        caused = self.end(number, self.rng.choice(("Remote",) * 6 + ("Local", None)))
        self.early_or_late(items, caused)
        return items + self.status(connector, "Finishing")

    def firmware(self) -> list[Item]:
        """A firmware or diagnostics sequence with a trigger inside."""
        update = self.rng.random() < 0.5
        action, message = "GetDiagnostics", "DiagnosticsStatusNotification"
        steps = ["Uploading", self.rng.choice(("Uploaded", "UploadFailed"))]
        if update:
            action, message = "UpdateFirmware", "FirmwareStatusNotification"
            steps = ["Downloading", "Downloaded", "Installing", self.rng.choice(("Installed", "InstallationFailed"))]
        items = self.asked(action, {"location": "ftp://lab.example/"}, {})
        for step in steps[: self.rng.choice((1, len(steps), len(steps)))]:
            items += self.told(self.call("dut", message, {"status": step}))
            items += self.trigger() if self.rng.random() < 0.2 else []
        return items

    def reset(self) -> list[Item]:
        """Reset with the reboot that follows, or its refusal."""
        answer = self.rng.choice(("Accepted", "Accepted", "Accepted", "Rejected"))
        items = self.asked("Reset", {"type": self.rng.choice(("Soft", "Hard"))}, {"status": answer})
        if answer == "Rejected":
            return items
        items += self.reconnect() if self.rng.random() < 0.7 else []
        boot = self.call("dut", "BootNotification", {"chargePointModel": "M", "chargePointVendor": "V"})
        items += [
            boot,
            self.answer(boot, {"status": "Accepted", "interval": self.rng.choice((10, 300)), "currentTime": ""}),
        ]
        items += self.trigger() if self.rng.random() < 0.15 else []
        for one in range(self.station.connectors + 1):
            items += self.status(one, "Available")
        return items

    def reconnect(self) -> list[Item]:
        """The connection is lost for a while."""
        down = [self.info("Disconnected from System Under Test")]
        if self.rng.random() < 0.2:
            down += self.csms_traffic()[:1] if self.csms else self.misc()[:1]
        down += [self.info("Ignoring event: SUT_DISCONNECTED")] if self.rng.random() < 0.2 else []
        return [*down, self.info("Successfully connected to System Under Test", gap_ms=self.ms(6000, 20_000))]

    def offline(self) -> list[Item]:
        """Messages queued while the connection was down, some retried, around a request they do not answer."""
        connector, age_ms = self.connector(), self.ms(6000, 9000)
        begun = self.begin(connector, "TAG1")
        number = self.station.transactions[connector]
        items = self.status(connector, "Preparing") + (begun if self.rng.random() < 0.5 else []) + self.reconnect()
        queued = begun if self.rng.random() < 0.3 else self.begin(connector, "TAG1", age_ms)
        queued += self.meter_values(connector, None, age_ms - 500) if self.rng.random() < 0.5 else []
        queued += self.end(number, "Remote", age_ms - 900) if self.rng.random() < 0.6 else []
        action, payload = self.rng.choice(
            (
                ("RemoteStartTransaction", {"idTag": "TAG1", "connectorId": connector}),
                ("RemoteStopTransaction", {"transactionId": number}),
                ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": connector}),
            )
        )
        exchange = self.asked(action, dict(payload), {"status": "Accepted"})
        items += queued + exchange if self.rng.random() < 0.4 else exchange + queued
        items += queued[:2] if self.rng.random() < 0.3 else []
        fresh: tuple[list[Item], ...] = (
            self.begin(connector, "TAG1"),
            self.end(number, "Remote"),
            self.meter_values(connector, "Trigger"),
            [],
        )
        return items + self.rng.choice(fresh)

    def noise(self) -> list[Item]:
        """What a station and a lab do at any time."""
        choice = self.rng.randrange(6)
        if choice == 0:
            return self.heartbeat()
        if choice == 1:
            return self.meter_values(self.connector(), self.rng.choice(("Sample.Periodic", "Sample.Clock")))
        if choice == 2:
            return self.status(self.connector(), self.rng.choice(STATUSES))
        if choice == 3:
            return self.prompt(self.rng.choice(("Please present the card.", "Please power cycle the station.")))
        if choice == 4:
            return [self.info("Waiting for 3 seconds.")]
        return self.plug(self.connector(), self.rng.choice(("plug in", "unplug")))

    def csms_traffic(self) -> list[Item]:
        """The tool plays the station."""
        action = self.rng.choice(("Authorize",) * 4 + ("BootNotification", "Heartbeat", "StatusNotification"))
        call = self.call("tool", action, {"idTag": "TAG1"} if action == "Authorize" else {}, gap_ms=self.ms(200, 2000))
        fate = self.rng.random()
        if fate < 0.1:
            return [call]
        if fate < 0.2:
            return [call, self.error(call)]
        status = self.rng.choice(("Accepted", "Accepted", "Invalid", "Blocked"))
        answer = {"idTagInfo": {"status": status}} if action == "Authorize" else {}
        items = [call, self.answer(call, answer, gap_ms=self.ms())]
        if self.rng.random() < 0.2:
            other = self.call("dut", "RemoteStartTransaction", {"idTag": "TAG1"})
            items[1:1] = [other, self.answer(other, {"status": "Accepted"})]
        return items
