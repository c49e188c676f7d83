"""CSMS under test: OCTT plays the station. Every call of the tool is a sample, what the CSMS sends is none.

Numbers are milliseconds.
"""

from __future__ import annotations

from datetime import timedelta

from generator.octt import VENDOR
from generator.tool import Answer, Payload, Run, accepted


def stamp(run: Run) -> str:
    """The tool's own clock in its payloads."""
    moment = run.heading.start + timedelta(milliseconds=run.now_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def status(run: Run, word: str, latency_ms: int) -> None:
    """StatusNotification of connector 1."""
    payload: Payload = {"connectorId": 1, "errorCode": "NoError", "status": word, "timestamp": stamp(run)}
    run.call("StatusNotification", payload, Answer(latency_ms, {}))


def boot(run: Run, latency_ms: int) -> None:
    """BootNotification."""
    answer: Payload = {"status": "Accepted", "currentTime": stamp(run), "interval": 600}
    payload: Payload = {"chargePointVendor": "OCTT", "chargePointModel": "Virtual station"}
    run.call("BootNotification", payload, Answer(latency_ms, answer))


def authorize(run: Run, word: str, latency_ms: int) -> None:
    """Authorize, answered with a status of the idTag."""
    run.call("Authorize", {"idTag": "HELIO-0451"}, Answer(latency_ms, {"idTagInfo": {"status": word}}))


def start(run: Run, latency_ms: int) -> None:
    """StartTransaction."""
    payload: Payload = {"connectorId": 1, "idTag": "HELIO-0451", "meterStart": 0, "timestamp": stamp(run)}
    answer: Payload = {"transactionId": 90210, "idTagInfo": {"status": "Accepted"}}
    run.call("StartTransaction", payload, Answer(latency_ms, answer))


def stop(run: Run, reason: str, latency_ms: int) -> None:
    """StopTransaction."""
    payload: Payload = {"transactionId": 90210, "meterStop": 420, "reason": reason, "timestamp": stamp(run)}
    run.call("StopTransaction", payload, Answer(latency_ms, {"idTagInfo": {"status": "Accepted"}}))


def tc_003(run: Run) -> None:
    """A local session."""
    run.begin()
    run.phase("Preparation")
    boot(run, 96)
    status(run, "Available", 61)
    run.phase("Main")
    status(run, "Preparing", 58)
    authorize(run, "Accepted", 118)
    start(run, 318)
    status(run, "Charging", 64)
    run.wait(3000)
    authorize(run, "Accepted", 109)
    stop(run, "Local", 187)
    status(run, "Finishing", 60)
    run.end()


def tc_010(run: Run) -> None:
    """A remote start by the CSMS: response and Authorize are measured, the start itself is the tool's own doing."""
    run.begin()
    run.phase("Preparation")
    status(run, "Preparing", 63)
    run.phase("Main")
    run.prompt("Please send a RemoteStartTransaction.req for connectorId '1'.", 6300)
    run.wait(1200)
    run.receive("RemoteStartTransaction", {"connectorId": 1, "idTag": "HELIO-0451"}, accepted(13))
    authorize(run, "Accepted", 262)
    start(run, 241)
    status(run, "Charging", 59)
    run.end()


def tc_012(run: Run) -> None:
    """A remote stop by the CSMS, and a trigger: neither is measured in this role."""
    run.begin()
    run.phase("Preparation")
    status(run, "Preparing", 57)
    authorize(run, "Accepted", 124)
    start(run, 226)
    status(run, "Charging", 62)
    run.phase("Main")
    run.prompt("Please send a TriggerMessage.req for a Heartbeat.", 4200)
    run.wait(900)
    run.receive("TriggerMessage", {"requestedMessage": "Heartbeat"}, accepted(11))
    run.call("Heartbeat", {}, Answer(44, {"currentTime": stamp(run)}))
    run.prompt("Please send a RemoteStopTransaction.req.", 5200)
    run.wait(1100)
    run.receive("RemoteStopTransaction", {"transactionId": 90210}, accepted(12))
    stop(run, "Remote", 193)
    status(run, "Finishing", 66)
    run.end()


def tc_023(run: Run, word: str, latency_ms: int) -> None:
    """An idTag that may not charge."""
    run.begin()
    run.phase("Main")
    status(run, "Preparing", 60)
    authorize(run, word, latency_ms)
    run.wait(700)
    run.end()


def tc_023_1(run: Run) -> None:
    """Invalid."""
    tc_023(run, "Invalid", 101)


def tc_023_2(run: Run) -> None:
    """Expired."""
    tc_023(run, "Expired", 113)


def tc_023_3(run: Run) -> None:
    """Blocked."""
    tc_023(run, "Blocked", 107)


def tc_064(run: Run) -> None:
    """DataTransfer that the CSMS answers with a CALLERROR."""
    run.begin()
    run.phase("Main")
    payload: Payload = {"vendorId": VENDOR, "messageId": "probe", "data": "42"}
    run.call("DataTransfer", payload, Answer(83, {}, error="NotImplemented"))
    run.end()
