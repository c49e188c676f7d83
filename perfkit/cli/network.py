"""`perfkit network`: is the link good enough, per technology; through a dongle, or over any interface."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.campaign_option import add_campaign, say_written, with_campaign_of_network
from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from types import FrameType

    from perfkit.cli.network_progress import NetworkProgress
    from perfkit.core.network_record import NetworkDocument
    from perfkit_probes.radio.base import RawRecorder
    from perfkit_probes.survey import Survey, SurveyPlan

EXIT_MET = 0
EXIT_NOT_MET = 1
EXIT_UNREACHABLE = 3
EXIT_INCOMPLETE = 4

EPILOG = """\
exit codes:
  0  gate met: bandwidth >= 5 kB/s both ways, latency <= 1000 ms, RSSI >= -81 dBm (mobile links)
  1  gate not met
  2  the command is invalid
  3  the device or the target cannot be reached, or the dongle was not put back
  4  incomplete: a threshold could not be measured

examples:
  perfkit network --dongle --to octt.lab:9310            each technology that the dongle offers
  perfkit network --dongle --technology 4g               the signal only
  perfkit network --to octt.lab --label csms --json      a wired link, no RSSI
  perfkit network --merge octt.json csms.json            both ends of a CSMS set-up

The far end is `perfkit responder`. No dongle at hand: `perfkit emulate dongle`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EPILOG
    where = parser.add_argument_group("what to measure through, and against")
    where.add_argument("--dongle", action="store_true", help="through the radio device that is plugged in")
    where.add_argument("--device", metavar="URI", help="auto, http://192.168.8.1, serial:///dev/ttyUSB0, serial://COM5")
    where.add_argument("--interface", metavar="IF", help="packets leave through this network interface")
    where.add_argument("--to", metavar="HOST[:PORT]", help="the responder (port 9310)")
    where.add_argument("--key", metavar="TEXT", help="the responder's key, if it has one (or PERFKIT_RESPONDER_KEY)")
    what = parser.add_argument_group("what to measure")
    what.add_argument("--technology", metavar="2g,3g,4g", help="in this order (default: PICS, else all of the device)")
    what.add_argument("--pics", type=Path, metavar="FILE", help="PICS file: the technologies of the DUT")
    what.add_argument("--max-bytes", type=int, metavar="N", help="each (2G 100 kB, 3G 1 MB, 4G 4 MB, else 10 MB)")
    what.add_argument("--quick", action="store_true", help="the gate's questions only, two signal readings")
    what.add_argument(
        "--sustained", type=int, metavar="KB", help="send so many kB each way: does the link slow down behind a burst?"
    )
    what.add_argument("--label", metavar="TEXT", help="name of this end, e.g. octt or csms")
    what.add_argument("--speedtest", action="store_true", help="also speedtest-cli, as a reference beside the gate")
    what.add_argument("--server", type=int, metavar="ID", help="speedtest.net server")
    what.add_argument("--mini", metavar="URL", help="Speedtest Mini server")
    what.add_argument("--force", action="store_true", help="run speedtest-cli on a metered link (up to 100 MB)")
    what.add_argument("--merge", nargs="+", type=Path, metavar="JSON", help="combine results instead of measuring")
    out = parser.add_argument_group("output (default: the table)")
    add_campaign(out, "campaign folder (perfkit init): its PICS is used, and the document is written to network/")
    out.add_argument("--json", action="store_true", help="the result as one JSON document (perfkit schema network)")
    out.add_argument("--out", type=Path, metavar="FILE", help="also write the JSON document")
    out.add_argument("--junit", type=Path, metavar="FILE", help="JUnit XML, one test case per technology and threshold")
    out.add_argument("--record-raw", type=Path, metavar="FILE", help="keep the device's raw answers, numbers masked")


def run(arguments: argparse.Namespace) -> int:
    """Measure or merge, write, print; the exit code of the gate."""
    from perfkit.cli.network_outputs import NetworkOutputs

    arguments = with_campaign_of_network(arguments)
    with NetworkOutputs(arguments) as outputs:
        if arguments.merge:
            from perfkit_probes.network_merge import merged

            _refuse_measuring(arguments)
            document = merged(arguments.merge)
        else:
            try:
                with _ended_by_sigterm():
                    document = _measure(arguments)
            except (KeyboardInterrupt, SystemExit) as stop:
                return _say_interrupted(stop)
        outputs.finish(document)
    if arguments.campaign is not None:
        say_written(arguments.out)
    _print(arguments, document)
    return exit_code(document)


def exit_code(document: NetworkDocument) -> int:
    """The exit code that belongs to a result."""
    from perfkit.core.network_record import Gate, Outcome

    outcomes = {one.outcome for one in document.technologies}
    if document.restored is False or (Outcome.ERROR in outcomes and Outcome.MEASURED not in outcomes):
        return EXIT_UNREACHABLE
    return {Gate.MET: EXIT_MET, Gate.NOT_MET: EXIT_NOT_MET, Gate.INCOMPLETE: EXIT_INCOMPLETE}[document.gate]


def _refuse_measuring(arguments: argparse.Namespace) -> None:
    measuring = (
        "dongle device interface to key technology pics max_bytes quick sustained label speedtest server mini force"
    )
    names = [name for name in [*measuring.split(), "record_raw"] if getattr(arguments, name)]
    given = [f"--{name.replace('_', '-')}" for name in names]
    if given:
        raise UsageError(f"--merge combines results that exist and measures nothing; leave out {', '.join(given)}")


def _measure(arguments: argparse.Namespace) -> NetworkDocument:
    from perfkit.cli.network_document import Frame
    from perfkit.cli.network_plan import device_uri, plan_of
    from perfkit.cli.network_progress import NetworkProgress
    from perfkit_probes.survey import survey_link

    plan = plan_of(arguments)
    uri = device_uri(arguments)
    frame = Frame(arguments.label, plan)
    with NetworkProgress() as progress:
        survey = survey_link(plan, progress) if uri is None else _through_device(uri, arguments, plan, progress)
    return frame.document(survey)


def _through_device(uri: str, arguments: argparse.Namespace, plan: SurveyPlan, progress: NetworkProgress) -> Survey:
    from perfkit_probes.radio.base import RadioDevice
    from perfkit_probes.radio.table import detect, only_uri, open_device, open_recording
    from perfkit_probes.survey import Pace, survey_device

    with contextlib.ExitStack() as stack:
        recorder: RawRecorder | None = None
        if arguments.record_raw is not None:
            recorder = stack.enter_context(open_recording(arguments.record_raw))
        if uri == "auto":
            progress.step("", "looking for a dongle", lambda: 0)
            findings = detect()
            for finding in findings:
                progress.tell(f"{'found' if finding.uri else 'no   '}  {finding.place}: {finding.detail}")
            uri = only_uri(findings)

        def opened() -> RadioDevice:
            return open_device(uri, recorder=recorder)

        pace = Pace()
        return survey_device(opened, plan, progress, pace=pace.quick() if arguments.quick else pace)


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM unwind as Ctrl-C does, so that whatever was changed is put back."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say_interrupted(stop: BaseException) -> int:
    """Say in one line how it ended and whether the dongle is as it was found; the exit code of the signal."""
    from perfkit_probes.radio.switching.journal import Journal

    code = stop.code if isinstance(stop, SystemExit) and isinstance(stop.code, int) else 130
    left = [entry for entry in Journal().entries() if entry.pid == os.getpid()]
    state = "the dongle was not put back, `perfkit dongle restore` does it" if left else "nothing is left changed"
    print(f"perfkit: interrupted; {state}", file=sys.stderr)
    return code


def _print(arguments: argparse.Namespace, document: NetworkDocument) -> None:
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
    else:
        from perfkit.cli.terminal import has_colour, width_columns
        from perfkit.report.network_console import render

        print(render(document, width=width_columns(sys.stdout), colour=has_colour(sys.stdout)), end="")
    if document.restored is False:
        print(f"perfkit: {document.restore_reason}", file=sys.stderr)
