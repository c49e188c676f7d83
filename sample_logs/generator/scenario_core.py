"""Core profile, station under test: cold boot, remote actions, resets, configuration. Numbers are milliseconds."""

from __future__ import annotations

from generator.configuration import DELIVERED, READ_ONLY
from generator.ledger import REMOTE_START, REMOTE_STOP, STOP_COMBINATION, TRIGGERED
from generator.station import Nested, Seen, StationRun
from generator.tool import Answer, Payload, accepted, status

REBOOT = "Please reboot the Charging Station now."


def cold_boot(run: StationRun, reply: Answer | None = None) -> None:
    """The station comes back after a restart and is answered `reply`."""
    run.wait(14000, 21000)
    run.reconnect()
    run.boot(reply)


def tc_001(run: StationRun) -> None:
    """Cold boot; all configuration is read: a long answer."""
    run.begin()
    run.phase("Preparation")
    run.prompt(REBOOT, 8400)
    run.info("Disconnected from System Under Test")
    run.phase("Main")
    cold_boot(run)
    run.statuses((0, "Available"), (1, "Available"), (2, "Available"))
    entries = [{"key": key, "readonly": key in READ_ONLY, "value": value} for key, value in DELIVERED.items()]
    run.call("GetConfiguration", {}, Answer(318, {"configurationKey": entries, "unknownKey": []}))
    run.end()


def tc_002(run: StationRun) -> None:
    """Cold boot, pending: the triggered BootNotification belongs to the reboot."""
    run.begin()
    run.phase("Preparation")
    run.prompt(REBOOT, 7100)
    run.info("Disconnected from System Under Test")
    run.phase("Main")
    pending: Payload = {"status": "Pending", "currentTime": "2026-06-08T05:29:10Z", "interval": 60}
    cold_boot(run, Answer(18, pending))
    run.set_key("HeartbeatInterval", "120", 146)
    trigger = run.call("TriggerMessage", {"requestedMessage": "BootNotification"}, accepted(104))
    run.wait(180)
    run.exclude(TRIGGERED, trigger, "REBOOT", decided=run.boot(), combination="TriggerMessage/BootNotification")
    run.statuses((0, "Available"), (1, "Available"), (2, "Available"))
    run.end()


def tc_005_3(run: StationRun) -> None:
    """The EV leaves first; the tool asks for the other end of the cable before the station stops: not immediate."""
    run.begin()
    run.read_remote_authorization("false", 132)
    run.phase("Preparation")
    run.set_key("StopTransactionOnEVSideDisconnect", "false", 158)
    run.charging(121, 436)
    run.phase("Main")
    run.prompt("Please unplug your cable on EV side now.", 4800)
    run.wait(350)
    run.status(1, "SuspendedEV")
    stop = run.remote_stop_call(accepted(137))
    prompt = run.prompt("Please unplug your cable on Charging Station side now.", 3900)
    run.wait(420)
    run.stop_transaction("Remote")
    run.exclude(REMOTE_STOP, stop, "OPERATOR", decided=prompt, combination=STOP_COMBINATION)
    run.status(1, "Available")
    run.end()


def tc_007(run: StationRun) -> None:
    """Cached id: the first remote start asks the CSMS (and sets the headline), the second finds the id in the cache."""
    run.begin()
    run.read_remote_authorization("true", 128)
    run.phase("Preparation")
    run.info("Entering state IdTagCached")
    run.charging(119, 1488, Nested(at_ms=262, reply_ms=24))
    run.remote_stop(126, 388)
    run.unplug()
    run.info("Reached state IdTagCached")
    run.phase("Main")
    run.charging(115, 604)
    run.clean_up(131, 402)
    run.end()


def tc_010(run: StationRun) -> None:
    """Cable first. The station's call about connector 2 bears the id of the remote start, while both are open."""
    run.begin()
    run.read_remote_authorization("false", 141)
    run.phase("Preparation")
    run.plug_in(person_ms=7300)
    run.phase("Main")
    shared = run.new_id()
    start = run.remote_start_call(accepted(166), message_id=shared)
    at_ms = start.request.at_ms + 52
    payload: Payload = {"connectorId": 2, "errorCode": "NoError", "status": "Available"}
    payload["timestamp"] = run.station_time(at_ms)
    run.receive("StatusNotification", payload, Answer(17, {}), at_ms=at_ms, message_id=shared)
    run.started(start, 412)
    run.clean_up(118, 361)
    run.end()


def reset_before(run: StationRun, conf_ms: int) -> None:
    """A soft reset before the test case, so that every status is known."""
    run.begin(reset_before=True)
    run.call("Reset", {"type": "Soft"}, accepted(conf_ms))
    run.info("Disconnected from System Under Test")
    cold_boot(run)
    run.statuses((0, "Available"), (1, "Available"), (2, "Available"))


def tc_011_1(run: StationRun) -> None:
    """Remote start first, then a person plugs in: no immediate start."""
    reset_before(run, 244)
    run.read_remote_authorization("false", 122)
    run.phase("Main")
    start = run.remote_start_call(accepted(212))
    run.status(1, "Preparing", at_ms=start.answered().at_ms + 95)
    prompt = run.plug_in(person_ms=6400, status=None)
    run.start_transaction()
    run.exclude(REMOTE_START, start, "WAIT_PLUG", decided=prompt)
    run.wait(150)
    run.status(1, "Charging")
    run.clean_up(124, 377)
    run.end()


def tc_011_2(run: StationRun) -> None:
    """Remote start, nobody plugs in: the connector falls back to Available."""
    reset_before(run, 251)
    run.set_key("ConnectionTimeOut", "10", 149)
    run.read_remote_authorization("false", 119)
    run.phase("Main")
    start = run.remote_start_call(accepted(208))
    run.status(1, "Preparing", at_ms=start.answered().at_ms + 88)
    run.info("Waiting for 12 seconds.")
    run.wait(10100)
    back = run.status(1, "Available")
    run.exclude(REMOTE_START, start, "CONNECTION_TIMEOUT", decided=back)
    run.wait(1700)
    run.end()


def tc_012(run: StationRun) -> None:
    """Remote stop in the main steps; the setting of AuthorizeRemoteTxRequests was not read."""
    run.begin()
    run.phase("Preparation")
    run.charging(117, 398)
    run.phase("Main")
    run.remote_stop(142, 518)
    run.unplug()
    run.end()


def tc_013(run: StationRun) -> None:
    """Hard reset between two availability changes; MinimumStatusDuration is set to 0 and read back."""
    run.begin()
    run.set_key("MinimumStatusDuration", "0", 163)
    run.read_key("MinimumStatusDuration", "0", 127)
    run.phase("Main")
    run.becomes(140, Seen(1, "Unavailable", 165))
    run.call("Reset", {"type": "Hard"}, accepted(210))
    run.info("Disconnected from System Under Test")
    cold_boot(run)
    run.statuses((0, "Available"), (1, "Unavailable"), (2, "Available"))
    run.becomes(133, Seen(1, "Available", 178))
    run.end()


def tc_014(run: StationRun) -> None:
    """Soft reset; the restore step makes an available connector operative: accepted, and rightly silent."""
    run.begin()
    run.phase("Main")
    run.becomes(136, Seen(1, "Unavailable", 171))
    run.call("Reset", {"type": "Soft"}, accepted(226))
    run.info("Disconnected from System Under Test")
    cold_boot(run)
    run.statuses((0, "Available"), (1, "Unavailable"), (2, "Available"))
    run.becomes(129, Seen(1, "Available", 184))
    run.restore()
    noop = run.change_availability(1, "Operative", accepted(113))
    run.not_counted(noop, "NOOP")
    run.wait(1500)
    run.end()


def tc_021(run: StationRun) -> None:
    """The tool's clock is set back by 740 ms while it waits for an answer."""
    run.begin()
    run.phase("Main")
    run.read_key("MeterValueSampleInterval", "60", 124)
    change = run.set_key("MeterValueSampleInterval", "30", 186)
    run.log.step = (change.request.at_ms + 90, -740)
    run.exclude_response(change, "CLOCK_STEP", change.answer)
    run.read_key("MeterValueSampleInterval", "30", 130)
    run.restore()
    run.set_key("MeterValueSampleInterval", "60", 152)
    run.end()


def tc_024(run: StationRun) -> None:
    """The lock fails: accepted, then Faulted, no transaction."""
    run.begin()
    run.read_remote_authorization("false", 126)
    run.phase("Main")
    run.prompt("Please block the cable lock of connectorId '1'.", 9200)
    run.plug_in()
    start = run.remote_start_call(accepted(123))
    line = run.status(1, "Faulted", at_ms=start.answered().at_ms + 640, error="ConnectorLockFailure")
    run.exclude(REMOTE_START, start, "FAULTED", decided=line)
    run.wait(4000)
    run.unplug()
    run.end()


def tc_026(run: StationRun) -> None:
    """Remote start of an unavailable connector: rejected. Operative again, the plugged connector turns Preparing."""
    run.begin()
    run.read_remote_authorization("false", 134)
    run.phase("Preparation")
    run.plug_in()
    run.becomes(131, Seen(1, "Unavailable", 159))
    run.phase("Main")
    start = run.remote_start_call(status("Rejected", 109))
    run.exclude(REMOTE_START, start, "REJECTED", decided=start.answer)
    run.wait(2000)
    run.restore()
    run.becomes(137, Seen(1, "Preparing", 187), "TARGET_ALT")
    run.unplug()
    run.end()


def tc_028(run: StationRun) -> None:
    """Remote stop of a transaction that does not exist."""
    run.begin()
    run.read_remote_authorization("false", 129)
    run.phase("Preparation")
    run.charging(116, 405)
    run.phase("Main")
    stop = run.remote_stop_call(status("Rejected", 98), transaction=99999)
    run.exclude(REMOTE_STOP, stop, "REJECTED", decided=stop.answer, combination=STOP_COMBINATION)
    run.wait(1200)
    run.clean_up(127, 372)
    run.end()
