"""Write an OCTT text log of any size: `python benchmarks/generate_log.py 1GB big.log [--dense] [--single]`.

The same size, options and seed give the same bytes. A charging station is the system under test, OCPP 1.6.
Charging sessions follow each other; in the usual log most bytes are MeterValues of a three-phase station, in a
dense one every message is small. Some requests stay unanswered or are answered by a CALLERROR, texts contain
what looks like other keys and tags, and the clock passes midnight whenever the simulated time does.

MeterValues and configurations are drawn from a pool made once, since inventing each would take longer than
everything else; identifiers, times and latencies are new in every message.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TEST_CASES = [
    ("TC_004_1_CS", "Regular charging session, plug-in first"),
    ("TC_010_CS", "Remote start charging session, cable plugged in first"),
    ("TC_012_CS", "Remote stop charging session"),
    ("TC_021_CS", "Change and set configuration"),
    ("TC_054_CS", "Trigger message"),
    ("TC_068_CS", "Stop transaction, idTag matches StartTransaction"),
]
TEST_CASE_BYTES = 200_000
START = dt.datetime(2026, 3, 9, 21, 40, 0, tzinfo=dt.UTC)
DASHES = "-" * 106
MEASURANDS = [  # measurand, unit, phases, least and greatest value
    ("Voltage", "V", ("L1-N", "L2-N", "L3-N"), 225.0, 235.0),
    ("Current.Import", "A", ("L1", "L2", "L3"), 6.0, 32.0),
    ("Power.Active.Import", "W", ("L1", "L2", "L3"), 1300.0, 7400.0),
    ("Power.Reactive.Import", "var", ("L1", "L2", "L3"), 10.0, 400.0),
    ("Energy.Active.Import.Register", "Wh", ("L1", "L2", "L3"), 1e5, 9e6),
    ("Temperature", "Celsius", (None,), 20.0, 60.0),
]
CONFIGURATION = {
    "AuthorizeRemoteTxRequests": "true",
    "ClockAlignedDataInterval": "0",
    "ConnectionTimeOut": "60",
    "HeartbeatInterval": "300",
    "LocalAuthorizeOffline": "true",
    "MeterValuesSampledData": "Voltage,Current.Import,Power.Active.Import,Energy.Active.Import.Register",
    "MeterValueSampleInterval": "15",
    "MinimumStatusDuration": "0",
    "NumberOfConnectors": "2",
    "SupportedFeatureProfiles": "Core,RemoteTrigger,Reservation",
    "X-Note": 'this is no frame: [2,\\"1\\",\\"Heartbeat\\",{}] nor a tag: [msg-in], \\"status\\":\\"Faulted\\"',
}
ACCEPTED = '{"status":"Accepted"}'
ID_TAG_ACCEPTED = '{"idTagInfo":{"status":"Accepted"}'
UNANSWERED_SHARE = 0.005  # of the requests that a session survives without
CALLERROR_SHARE = 0.01
WAIT_FOR_ANSWER_MS = 30_000


class ToolLog:
    """The lines OCTT writes about frames and steps, on a simulated clock in whole milliseconds."""

    def __init__(self, source: random.Random) -> None:
        self.lines: list[str] = []
        self._random = source
        self._clock_ms = 0
        self._second = -1
        self._date = ""
        self._time_of_day = ""
        self._station_calls = 0

    def begin(self, test_case: str, title: str) -> None:
        """Write the header and the first lines of a test case."""
        self.wait(2_000, 20_000)
        start = START + dt.timedelta(milliseconds=self._clock_ms)
        self.lines.append(
            f"Test Case Name : {test_case} \n"
            f"Test Case Description : {title} \n"
            f"Test Start Time : {start:%d-%m-%Y %H:%M:%S} \n"
            "System Under Test (SUT) : CS \n"
            "Communication Medium : WEBSOCKET \n"
            "OCPP Version : OCPP 1.6 \n"
            "Build Number : benchmark \n"
            "Configuration : benchmark \n"
            "Certification Profile : [Core, Remote Trigger] \n"
            f"{DASHES}\n"
        )
        self.note("started_testcase", f"benchmark_CS - {test_case}-{title}")
        self.note("info", "Starting Main Testcase Steps")

    def end(self) -> None:
        """Write the verdict and the footer."""
        self.note("verdict", "PASS")
        self.note("stopped_testcase", "")
        self.lines.append("\n\nTest case result : PASS")

    def wait(self, least_ms: int, most_ms: int) -> None:
        """Let some time pass."""
        self._clock_ms += self._random.randint(least_ms, most_ms)

    def iso_time(self) -> str:
        """The present moment as OCPP writes it."""
        stamp = self._stamp()
        return f"{self._date}T{stamp[:8]}.{stamp[9:]}Z"

    def note(self, tag: str, text: str) -> None:
        """Write one line that is no frame."""
        self.lines.append(f"[{self._stamp()}] [{tag}]  {text}\n")

    def station_call(self, action: str, payload: str, answer: str) -> None:
        """The station asks, the tool answers within some ten milliseconds."""
        self._station_calls += 1
        identifier = str(self._station_calls)
        self._frame("REQUEST", "msg-in", f'[2,"{identifier}","{action}",{payload}]')
        self._clock_ms += int(self._random.lognormvariate(2.7, 0.4))
        self._frame("RESPONSE", "msg-out", f'[3, "{identifier}", {answer}]')

    def tool_call(self, action: str, payload: str, answer: str, *, may_fail: bool = False) -> bool:
        """Tell whether the station answered with a CALLRESULT to what the tool asked."""
        identifier = f"{self._random.getrandbits(128):032x}"
        fate = self._random.random() if may_fail else 1.0
        self._frame("REQUEST", "msg-out", f'[2, "{identifier}", "{action}", {payload}]')
        self.note("info", f"Waiting for response message of type {action}Response")
        if fate < UNANSWERED_SHARE:
            self._clock_ms += WAIT_FOR_ANSWER_MS
            return False
        self._clock_ms += int(self._random.lognormvariate(4.4, 0.6))
        if fate < UNANSWERED_SHARE + CALLERROR_SHARE:
            self._frame("RESPONSE", "msg-in", f'[4,"{identifier}","InternalError","busy: {action}",{{}}]')
            return False
        self._frame("RESPONSE", "msg-in", f'[3,"{identifier}",{answer}]')
        self.note("info", "Received response message of the expected type.")
        return True

    def _frame(self, marker: str, tag: str, frame: str) -> None:
        stamp = self._stamp()
        self.lines.append(f"[{stamp}] [{marker}]\n[{stamp}] [{tag}]  {frame}\n")

    def _stamp(self) -> str:
        second, millisecond = divmod(self._clock_ms, 1000)
        if second != self._second:
            self._second = second
            now = START + dt.timedelta(seconds=second)
            self._date = now.date().isoformat()
            self._time_of_day = now.strftime("%H:%M:%S")
        return f"{self._time_of_day}:{millisecond:03d}"


class Station:
    """A charging station that is charged at, over and over, and tells the tool about it."""

    def __init__(self, log: ToolLog, source: random.Random, *, dense: bool) -> None:
        self._log = log
        self._random = source
        self._transaction = 0
        self._samples = [_sampled_values(source, dense=dense) for _ in range(64)]
        keys = list(CONFIGURATION.items())
        self._configuration = _configuration(keys[:1] if dense else keys)

    def charge(self) -> None:
        """One session: plugged in, started remotely, metered, asked for this and that, stopped remotely."""
        connector = self._random.randint(1, 2)
        self._transaction += 1
        self._start(connector, f"TAG{self._random.randint(1000, 9999)}")
        for _ in range(self._random.randint(3, 9)):
            self._log.wait(500, 3_000)
            self._send_meter_values(connector, "Sample.Periodic")
        self._answer_trigger(connector, self._random.choice(["Heartbeat", "MeterValues", "StatusNotification"]))
        self._log.tool_call("GetConfiguration", '{"key":[]}', self._configuration, may_fail=True)
        for _ in range(self._random.randint(0, 3)):
            self._log.wait(500, 3_000)
            self._send_heartbeat()
        self._stop(connector)

    def _start(self, connector: int, id_tag: str) -> None:
        log = self._log
        self._send_status(connector, "Preparing")
        log.wait(500, 4_000)
        log.tool_call("RemoteStartTransaction", f'{{"connectorId":{connector},"idTag":"{id_tag}"}}', ACCEPTED)
        log.wait(20, 300)
        if self._random.random() < 0.5:
            log.station_call("Authorize", f'{{"idTag":"{id_tag}"}}', f"{ID_TAG_ACCEPTED}}}")
            log.wait(20, 300)
        payload = (
            f'{{"connectorId":{connector},"idTag":"{id_tag}","meterStart":{self._transaction * 7},'
            f'"timestamp":"{log.iso_time()}"}}'
        )
        answer = f'{ID_TAG_ACCEPTED},"transactionId":{self._transaction}}}'
        log.station_call("StartTransaction", payload, answer)
        self._send_status(connector, "Charging")

    def _answer_trigger(self, connector: int, message: str) -> None:
        self._log.wait(500, 3_000)
        request = f'{{"requestedMessage":"{message}","connectorId":{connector}}}'
        if not self._log.tool_call("TriggerMessage", request, ACCEPTED, may_fail=True):
            return
        self._log.wait(10, 200)
        if message == "Heartbeat":
            self._send_heartbeat()
        elif message == "MeterValues":
            self._send_meter_values(connector, "Trigger")
        else:
            self._send_status(connector, "Charging")

    def _stop(self, connector: int) -> None:
        log = self._log
        log.wait(500, 4_000)
        log.tool_call("RemoteStopTransaction", f'{{"transactionId":{self._transaction}}}', ACCEPTED)
        log.wait(50, 900)
        payload = (
            f'{{"transactionId":{self._transaction},"meterStop":{self._transaction * 7 + 5},'
            f'"timestamp":"{log.iso_time()}","reason":"Remote"}}'
        )
        log.station_call("StopTransaction", payload, f"{ID_TAG_ACCEPTED}}}")
        self._send_status(connector, "Finishing")
        log.wait(500, 4_000)
        self._send_status(connector, "Available")
        log.wait(500, 4_000)

    def _send_status(self, connector: int, status: str) -> None:
        time = self._log.iso_time()
        payload = (
            f'{{"connectorId":{connector},"errorCode":"NoError","info":"was \\"status\\":\\"Faulted\\" once",'
            f'"status":"{status}","timestamp":"{time}"}}'
        )
        self._log.station_call("StatusNotification", payload, "{}")

    def _send_meter_values(self, connector: int, context: str) -> None:
        samples = self._random.choice(self._samples).replace("CONTEXT", context)
        payload = (
            f'{{"connectorId":{connector},"meterValue":[{{"sampledValue":[{samples}],'
            f'"timestamp":"{self._log.iso_time()}"}}],"transactionId":{self._transaction}}}'
        )
        self._log.station_call("MeterValues", payload, "{}")

    def _send_heartbeat(self) -> None:
        self._log.station_call("Heartbeat", "{}", f'{{"currentTime":"{self._log.iso_time()}"}}')


def _sampled_values(source: random.Random, *, dense: bool) -> str:
    values = [
        f'{{"context":"CONTEXT","format":"Raw","location":"Outlet","measurand":"{measurand}",'
        + (f'"phase":"{phase}",' if phase else "")
        + f'"unit":"{unit}","value":"{source.uniform(least, most):.3f}"}}'
        for measurand, unit, phases, least, most in (MEASURANDS[:1] if dense else MEASURANDS)
        for phase in (phases[:1] if dense else phases)
    ]
    return ",".join(values)


def _configuration(items: list[tuple[str, str]]) -> str:
    keys = ",".join(f'{{"key":"{key}","readonly":false,"value":"{value}"}}' for key, value in items)
    return f'{{"configurationKey":[{keys}],"unknownKey":[]}}'


def log_blocks(size_bytes: int, *, seed: int = 1, dense: bool = False, single: bool = False) -> Iterator[bytes]:
    """Pieces of a log that ends with the first test case to reach `size_bytes`.

    A test case ends after the charging session in which it reaches 200 kB; with `single` there is but one.
    """
    source = random.Random(seed)
    log = ToolLog(source)
    station = Station(log, source, dense=dense)
    written = 0
    number = 0
    while written < size_bytes:
        if number:
            log.lines.append("\n")
        log.begin(*TEST_CASES[number % len(TEST_CASES)])
        number += 1
        end = size_bytes if single else min(size_bytes, written + TEST_CASE_BYTES)
        while written < end:
            station.charge()
            block = "".join(log.lines).encode()
            log.lines.clear()
            written += len(block)
            yield block
        log.end()
    yield "".join(log.lines).encode()


def parse_size(text: str) -> int:
    """Bytes from `200kB`, `10 MB`, `1GB` (powers of 1000) or a bare number."""
    match = re.fullmatch(r"(\d+)\s*([kMG]?)B?", text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write 200kB, 10MB or 1GB")
    return int(match[1]) * {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}[match[2]]


def write_log(path: Path, size_bytes: int, *, dense: bool = False, single: bool = False, seed: int = 1) -> None:
    """Write the log to `path`."""
    with path.open("wb", buffering=1 << 20) as file:
        for block in log_blocks(size_bytes, seed=seed, dense=dense, single=single):
            file.write(block)


def main() -> int:
    """Write the log that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write an OCTT text log of any size.")
    parser.add_argument("size", type=parse_size, help="200kB, 10MB, 1GB; reached, and passed by at most a session")
    parser.add_argument("file", type=Path)
    parser.add_argument("--dense", action="store_true", help="small messages only")
    parser.add_argument("--single", action="store_true", help="one test case as large as the file")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write_log(arguments.file, arguments.size, dense=arguments.dense, single=arguments.single, seed=arguments.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
