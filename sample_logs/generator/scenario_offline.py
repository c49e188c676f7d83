"""Power failure, offline behaviour, configuration and meter values, station under test. Numbers are milliseconds."""

from __future__ import annotations

from generator.ledger import REMOTE_START, REMOTE_STOP, RESPONSE, STOP_COMBINATION, Row
from generator.scenario_core import cold_boot
from generator.station import Nested, Seen, StationRun
from generator.tool import Answer, accepted, status


def tc_034(run: StationRun) -> None:
    """Connector 0: the set of all connectors changes, before and after a power failure."""
    run.begin()
    run.read_key("NumberOfConnectors", "2", 121)
    run.phase("Preparation")
    run.info("Entering state SetChargePointUnavailable")
    run.all_become(128, Seen(0, "Unavailable", 88), Seen(1, "Unavailable", 143), Seen(2, "Unavailable", 201))
    run.info("Reached state SetChargePointUnavailable")
    run.phase("Main")
    run.prompt("Please power cycle the Charging Station now.", 11800)
    run.info("Disconnected from System Under Test")
    cold_boot(run)
    run.statuses((0, "Unavailable"), (1, "Unavailable"), (2, "Unavailable"))
    run.restore()
    run.all_become(139, Seen(1, "Available", 120), Seen(2, "Available", 347), Seen(0, "Available", 612))
    run.end()


def tc_036(run: StationRun) -> None:
    """Connection lost during a transaction: one call dies with it, one is sent too early, meter values are replayed."""
    run.begin()
    run.read_remote_authorization("false", 125)
    run.phase("Preparation")
    run.charging(122, 421)
    run.phase("Main")
    lost = run.call("GetConfiguration", {"key": ["HeartbeatInterval"]}, None)
    run.wait(20)
    run.exclude(RESPONSE, lost, "NO_RESP_DISCONNECT", decided=run.disconnect(), combination="GetConfiguration")
    down_ms = run.now_ms
    run.garbage("java.lang.IllegalStateException: session 0x3f is already closed")
    run.wait(24000)
    shake = run.read_key("HeartbeatInterval", "300", 2790)
    run.exclude_response(shake, "HANDSHAKE", shake.answer)
    run.now_ms = shake.request.at_ms + 600
    run.info("The OCTT accepts the reconnection attempt from the Charging Station.")
    run.wait(2050)
    run.info("Successfully connected to System Under Test")
    run.now_ms = shake.answered().at_ms + 60
    run.meter_values("Sample.Periodic", made_ms=down_ms + 9000)
    run.garbage('[2,"7c1e4f52-0d3b-4b11-9a52-1f0c5e1c88d4","MeterValues",{"connectorId":1,"meterVal', tag="msg-in")
    run.wait(30)
    run.meter_values("Sample.Periodic", made_ms=down_ms + 19000)
    run.wait(6000)
    run.meter_values("Sample.Periodic")
    run.clean_up(133, 394)
    run.end()


def tc_037_1(run: StationRun) -> None:
    """Offline start: what follows the remote start made by hand after the reconnection is the replay of that start."""
    run.begin()
    run.read_remote_authorization("false", 131)
    run.phase("Preparation")
    run.plug_in()
    run.phase("Main")
    run.disconnect()
    run.wait(900)
    run.prompt("Please authorize the transaction, with idTag: 'HELIO-0451' on connectorId '1'.", 5600)
    offline_ms = run.now_ms + 700
    run.info("Waiting for 30 seconds.")
    run.wait(30000)
    run.reconnect()
    start = run.remote_start_call(accepted(148))
    replay = run.start_transaction(at_ms=start.request.at_ms + 310, made_ms=offline_ms)
    run.exclude(REMOTE_START, start, "QUEUED", decided=replay)
    run.status(1, "Charging")
    run.wait(2500)
    run.meter_values("Sample.Periodic")
    run.clean_up(126, 383)
    run.end()


def tc_039(run: StationRun) -> None:
    """A whole transaction offline; its start is refused once and sent again with the same content under a new id."""
    run.begin()
    run.read_remote_authorization("true", 127)
    run.phase("Preparation")
    run.info("Entering state IdTagCached")
    run.charging(121, 876, Nested(at_ms=231, reply_ms=19))
    run.remote_stop(128, 366)
    run.unplug()
    run.info("Reached state IdTagCached")
    run.phase("Main")
    run.disconnect()
    run.wait(700)
    run.plug_in(status=None)
    run.prompt("Please authorize the transaction, with idTag: 'HELIO-0451' on connectorId '1'.", 4100)
    begun_ms = run.now_ms + 600
    run.wait(20000)
    run.prompt("Please authorize the transaction, with idTag: 'HELIO-0451' on connectorId '1'.", 4700)
    over_ms = run.now_ms + 500
    run.prompt("Please unplug your cable on Charging Station side now.", 5200)
    run.wait(9000)
    run.reconnect()
    refusal = Answer(22, {}, error="InternalError")
    run.receive("StartTransaction", run.start_payload(begun_ms), refusal)
    run.wait(3000)
    run.start_transaction(made_ms=begun_ms)
    run.stop_transaction("Local", made_ms=over_ms)
    run.status(1, "Available")
    run.end()


def tc_040_2(run: StationRun) -> None:
    """The engineer aborts the run 35 ms after a call: no answer, no verdict, no footer."""
    run.begin()
    run.phase("Main")
    run.call("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "-1"}, status("Rejected", 143))
    run.wait(400)
    last = run.call("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "abc"}, None)
    end = run.info("The test case was aborted by the user.", at_ms=last.request.at_ms + 35)
    row = Row(RESPONSE, "censored", last.request, last.request, end, "ChangeConfiguration", in_headline=True)
    row.value_ms = end.at_ms - last.request.at_ms
    run.ledger.rows.append(row)


def tc_042_1(run: StationRun) -> None:
    """The station has no local list and answers with a CALLERROR, which is a response."""
    run.begin()
    run.phase("Main")
    run.call("GetLocalListVersion", {}, Answer(92, {}, error="NotSupported"))
    run.wait(300)
    run.end()


def tc_045_1(run: StationRun) -> None:
    """GetDiagnostics: the slowest response of the campaign, and it counts."""
    run.begin()
    run.phase("Main")
    payload: dict[str, object] = {"location": "ftp://upload.octt.example/diagnostics/", "retries": 0}
    run.call("GetDiagnostics", payload, Answer(862, {"fileName": "hd22-000817.tar.gz"}))
    for word, pause_ms in (("Uploading", 8300), ("Uploaded", 600)):
        run.receive("DiagnosticsStatusNotification", {"status": word})
        run.wait(pause_ms)
    run.end()


def tc_057(run: StationRun) -> None:
    """The remote stop is accepted, but somebody presents the card at the same time: stopped as Local."""
    run.begin()
    run.read_remote_authorization("false", 123)
    run.phase("Preparation")
    run.charging(118, 417)
    run.phase("Main")
    profile = charging_profile("TxProfile")
    run.call("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile}, accepted(284))
    run.wait(2600)
    run.restore()
    run.info("Stop all running transactions.")
    stop = run.remote_stop_call(accepted(129))
    line = run.stop_transaction("Local", at_ms=stop.request.at_ms + 233)
    run.exclude(REMOTE_STOP, stop, "OTHER_REASON", decided=line, combination=STOP_COMBINATION)
    run.status(1, "Finishing")
    run.unplug()
    run.end()


def tc_059(run: StationRun) -> None:
    """Remote start with a charging profile: the station starts first and answers afterwards."""
    run.begin()
    run.read_remote_authorization("false", 135)
    run.phase("Preparation")
    run.plug_in()
    run.phase("Main")
    run.started(run.remote_start_call(accepted(301), profile=charging_profile("TxProfile")), 238)
    run.clean_up(125, 369)
    run.end()


def tc_071(run: StationRun) -> None:
    """Clock-aligned meter values over midnight, which falls between remote start and StartTransaction."""
    run.begin()
    run.phase("Preparation")
    run.set_key("ClockAlignedDataInterval", "60", 155)
    run.info("Entering state Charging (connectorId = 1)")
    run.plug_in(person_ms=4400)
    midnight_ms = 20_000  # the run starts at 23:59:40.000
    run.now_ms = midnight_ms - 198
    run.started(run.remote_start_call(accepted(113)), 431)
    run.info("Reached state Charging")
    run.phase("Main")
    run.now_ms = midnight_ms + 60_000 + CLOCK_ALIGNED_MS
    run.meter_values("Sample.Clock")
    run.restore()
    later = run.change_availability(1, "Inoperative", status("Scheduled", 120))
    run.not_counted(later, "SCHEDULED", later.answer)
    run.remote_stop(130, 379)
    run.unplug(status="Unavailable")
    run.becomes(126, Seen(1, "Available", 169))
    run.end()


CLOCK_ALIGNED_MS = 410


def charging_profile(purpose: str) -> dict[str, object]:
    """A profile of one period."""
    period = {"startPeriod": 0, "limit": 10.0, "numberPhases": 3}
    schedule = {"duration": 300, "chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    profile = {"chargingProfileId": 17, "stackLevel": 0, "chargingProfilePurpose": purpose}
    return {**profile, "chargingProfileKind": "Relative", "chargingSchedule": schedule}
