"""`perfkit analyze`: the performance parameters from message logs.

Exit codes, in this order of precedence: 2 the command or the PICS is invalid; 3 an input cannot be read or too many
lines were skipped (no figures then); 4 an applicable parameter was not measured; 1 with --strict, a measured value is
above the stated one (simple acceptance: the value decides, also where it is above by less than its uncertainty); 0.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from perfkit.cli.analyze_network import add_network_arguments, with_clock_of
from perfkit.cli.campaign_option import add_campaign, say_written, with_campaign_of_analysis
from perfkit.core.errors import InputError, UsageError
from perfkit.core.garbage import rare_collections

if TYPE_CHECKING:
    from perfkit.cli.analysis_outputs import AnalysisOutputs
    from perfkit.core.analysis_record import AnalysisDocument, PicsInfo
    from perfkit.core.pics.model import Pics
    from perfkit_analyzers.assess import Analysis
    from perfkit_analyzers.campaign import RecordSink
    from perfkit_analyzers.message import Role
    from perfkit_analyzers.totals import Record

EXIT_OK = 0
EXIT_EXCEEDED = 1
EXIT_NOT_MEASURED = 4
DEFAULT_MAX_SKIPPED_PERCENT = 5.0
SKIPPED_SHOWN = 5

EXIT_CODES = """\
exit codes:
  0  all applicable parameters measured
  1  --strict: a measured value is above the stated one
  2  the command or the PICS file is invalid
  3  an input cannot be read, or too many lines were skipped (no figures are given then)
  4  an applicable parameter was not measured (comes before 1)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit analyze`."""
    parser.epilog = EXIT_CODES
    parser.add_argument("paths", nargs="*", metavar="PATH", help="log, folder, archive, or - for standard input")
    add_campaign(parser, "campaign folder (perfkit init): logs/, pics.yaml and network/ are read, results/ is written")
    parser.add_argument("--pics", type=Path, metavar="FILE", help="PICS file of the DUT: stated values and policy")
    parser.add_argument(
        "--role", choices=["charging_station", "csms"], help="what the DUT is (default: from the PICS, else the logs)"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit code 1 when a measured value is above the stated one"
    )
    parser.add_argument(
        "--max-skipped",
        type=_percentage,
        default=DEFAULT_MAX_SKIPPED_PERCENT,
        metavar="PERCENT",
        help="share of unreadable lines above which no figures are given (default: 5)",
    )
    add_network_arguments(parser)
    _add_output_arguments(parser)


def _add_output_arguments(parser: argparse.ArgumentParser) -> None:
    shown = parser.add_argument_group("what is printed (default: the table)")
    shown.add_argument("--json", action="store_true", help="the result as one JSON document (perfkit schema analysis)")
    shown.add_argument("--full", action="store_true", help="the table with every combination, run and input")
    shown.add_argument("--explain", type=int, metavar="N", help="raw lines, arithmetic and rules of row N")
    shown.add_argument("--list-skipped", action="store_true", help="the lines that could not be read, and why")
    shown.add_argument("--list-excluded", action="store_true", help="every excluded request with both ends, and why")
    shown.add_argument("--quiet", action="store_true", help="neither table nor progress")
    written = parser.add_argument_group("what is written")
    written.add_argument("--samples", type=Path, metavar="FILE", help="every row, as .csv or .parquet")
    written.add_argument("--junit", type=Path, metavar="FILE", help="JUnit XML, one test case per parameter")
    written.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="result.json and samples.csv; the folder is made, files there are replaced only if perfkit wrote them",
    )
    parser.set_defaults(keep_earlier_in=None)


def _percentage(text: str) -> float:
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage from 0 to 100")
    return percent


def run(arguments: argparse.Namespace) -> int:
    """Analyze, write, print; the exit code of the result."""
    with rare_collections():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    arguments = with_campaign_of_analysis(arguments)
    _refuse_contradictions(arguments)
    pics, pics_info = _read_pics(arguments.pics)
    pics = with_clock_of(arguments, pics)
    from perfkit.cli.analysis_outputs import AnalysisOutputs

    with AnalysisOutputs(arguments) as outputs:
        analysis = _analyze(arguments, pics, pics_info, outputs)
        if analysis.too_many_skipped:
            _refuse_figures(analysis.document, outputs, listed=arguments.list_skipped)
        outputs.finish(analysis.document)
        if arguments.keep_earlier_in is not None and not arguments.quiet:
            say_written(arguments.out, outputs.kept)
        _print(arguments, analysis.document, outputs)
    return _exit_code(analysis.document, strict=arguments.strict)


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    if not arguments.paths:
        raise UsageError("name a log, a folder or an archive, or the campaign folder with --campaign DIR")
    lists = [
        name for name in ("explain", "list_skipped", "list_excluded") if getattr(arguments, name) not in {None, False}
    ]
    if arguments.json and lists:
        raise UsageError(f"--json prints one document; run again for --{lists[0].replace('_', '-')}")
    if arguments.explain is not None and "-" in arguments.paths:
        raise UsageError("--explain reads the logs twice, which standard input does not allow; save it to a file first")
    if arguments.network and "-" in arguments.paths:
        raise UsageError("--network reads the logs twice, which standard input does not allow; save it to a file first")
    if arguments.explain is not None and arguments.explain < 1:
        raise UsageError(f"row {arguments.explain} does not exist; rows count from 1")


def _read_pics(path: Path | None) -> tuple[Pics | None, PicsInfo | None]:
    if path is None:
        return None, None
    from perfkit.core.analysis_record import PicsInfo
    from perfkit.core.pics.load import read_pics_and_digest

    pics, sha256 = read_pics_and_digest(path)
    return pics, PicsInfo(str(path), sha256)


def _analyze(
    arguments: argparse.Namespace, pics: Pics | None, pics_info: PicsInfo | None, outputs: AnalysisOutputs
) -> Analysis:
    from perfkit.cli.progress import Progress
    from perfkit_analyzers.assess import analyze
    from perfkit_analyzers.message import Role

    with Progress(wanted=not arguments.quiet) as progress:
        return analyze(
            arguments.paths,
            pics=pics,
            pics_info=pics_info,
            role=Role(arguments.role) if arguments.role else None,
            sink=_sink(outputs.takers),
            skipped_sink=outputs.skipped_taker,
            max_skipped_share=arguments.max_skipped / 100,
            progress=progress.update,
            network=arguments.network or (),
        )


def _sink(takers: list[Callable[[Record], None]]) -> RecordSink | None:
    """One sink for everybody who wants rows; None when nobody does, which saves keeping them."""
    if not takers:
        return None

    def take(_: Role | None, record: Record) -> None:
        for taker in takers:
            taker(record)

    return take


def _refuse_figures(document: AnalysisDocument, outputs: AnalysisOutputs, *, listed: bool) -> NoReturn:
    """Say why there are no figures; `listed` prints what the lists show on stdout.

    Raises:
        InputError: always.
    """
    from perfkit.report.listing import skipped_line, too_many_skipped

    sentence = f"{too_many_skipped(document)}; --max-skipped PERCENT allows more"
    if listed:
        _print_lines(outputs.listed_lines())
        raise InputError(sentence)
    first = document.skipped.lines[:SKIPPED_SHOWN]
    shown = "".join(f"\n  {skipped_line(line.file, line)}" for line in first)
    more = document.skipped.count - SKIPPED_SHOWN
    rest = f"\n  ... and {more} more; --list-skipped shows them" if more > 0 else ""
    raise InputError(f"{sentence}{':' if shown else ''}{shown}{rest}")


def _print(arguments: argparse.Namespace, document: AnalysisDocument, outputs: AnalysisOutputs) -> None:
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
    elif arguments.explain is not None:
        print(outputs.explanation(document), end="")
    elif arguments.list_skipped or arguments.list_excluded:
        _print_lines(outputs.listed_lines())
    elif not arguments.quiet:
        _print_table(document, full=arguments.full)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_table(document: AnalysisDocument, *, full: bool) -> None:
    from perfkit.cli.terminal import has_colour, width_columns
    from perfkit.report.console import render

    print(render(document, width=width_columns(sys.stdout), colour=has_colour(sys.stdout), full=full), end="")


def _exit_code(document: AnalysisDocument, *, strict: bool) -> int:
    from perfkit.report.stated_values import exceeded

    if not document.complete:
        return EXIT_NOT_MEASURED
    return EXIT_EXCEEDED if strict and exceeded(document) else EXIT_OK
