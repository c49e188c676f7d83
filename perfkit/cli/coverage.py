"""`perfkit coverage`: which test cases of the plan the logs of a campaign cover.

Exit codes, in this order of precedence: 2 the command or the PICS is invalid; 3 an input cannot be read or too many
lines were skipped; 4 an exit criterion is not met; 0 all are met.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.output_file import OutputFile
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import InputError, UsageError

if TYPE_CHECKING:
    from perfkit.core.coverage_record import CoverageDocument

EXIT_OK = 0
EXIT_NOT_MET = 4
EXIT_CODES = """\
exit codes:
  0  every exit criterion of the test procedure is met (7.2.2, 8.2.4)
  2  the command or the PICS file is invalid
  3  an input cannot be read, or too many lines were skipped
  4  an exit criterion is not met
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit coverage`."""
    parser.epilog = EXIT_CODES
    parser.add_argument("paths", nargs="*", metavar="PATH", help="log, folder or archive; or a campaign folder")
    parser.add_argument(
        "--pics", type=Path, metavar="FILE", help="PICS file of the DUT (default: that of the campaign)"
    )
    parser.add_argument(
        "--campaign", type=Path, metavar="DIR", help="logs and PICS of this folder; writes its results/coverage.json"
    )
    parser.add_argument(
        "--json", action="store_true", help="the coverage as one JSON document (perfkit schema coverage)"
    )
    parser.add_argument("--full", action="store_true", help="the table with every test case and its runs")
    parser.add_argument("--quiet", action="store_true", help="neither table nor progress")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON document")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML, one test case per row of the plan")


def run(arguments: argparse.Namespace) -> int:
    """Read, join, write, print; the exit code of the result."""
    paths, pics_path = _inputs(arguments)
    with ExitStack() as stack:
        named = [*paths, str(pics_path)]
        out = _out(arguments)
        files = {
            kind: stack.enter_context(OutputFile(path, inputs=named))
            for kind, path in (("json", out), ("junit", arguments.junit))
            if path is not None
        }
        document = _coverage(paths, pics_path, quiet=arguments.quiet or arguments.json)
        _write(document, files)
    _print(arguments, document)
    return EXIT_OK if document.complete else EXIT_NOT_MET


def _inputs(arguments: argparse.Namespace) -> tuple[list[str], Path]:
    """The logs and the PICS; a campaign folder may stand in the place of the logs."""
    paths, pics = list(arguments.paths), arguments.pics
    folder = arguments.campaign
    if folder is None and len(paths) == 1 and _is_campaign(Path(paths[0])):
        folder, paths = Path(paths[0]), []
    if folder is not None:
        campaign = CampaignFolder(folder).existing()
        paths = paths or [str(campaign.existing_logs())]
        pics = pics or campaign.existing_pics()
    if not paths:
        raise UsageError("name the logs: a log, folder, archive or campaign folder, or --campaign DIR")
    if pics is None:
        raise UsageError("name the PICS of the DUT: --pics FILE; the plan comes from it")
    return paths, Path(pics)


def _is_campaign(folder: Path) -> bool:
    campaign = CampaignFolder(folder)
    return campaign.logs.is_dir() and (campaign.pics.is_file() or campaign.results.is_dir())


def _out(arguments: argparse.Namespace) -> Path | None:
    if arguments.out is not None:
        return Path(arguments.out)
    if arguments.campaign is None:
        return None
    campaign = CampaignFolder(arguments.campaign)
    campaign.results.mkdir(exist_ok=True)
    return campaign.coverage


def _coverage(paths: list[str], pics_path: Path, *, quiet: bool) -> CoverageDocument:
    from perfkit.cli.progress import Progress
    from perfkit.core.pics.load import read_pics
    from perfkit.core.plan.coverage import coverage
    from perfkit.report.listing import too_many_skipped
    from perfkit_analyzers.assess import analyze
    from perfkit_analyzers.sample_sources import sample_sources

    pics = read_pics(pics_path)
    with Progress(wanted=not quiet) as progress:
        analysis = analyze(paths, pics=pics, progress=progress.update)
    if analysis.too_many_skipped:
        raise InputError(f"{too_many_skipped(analysis.document)}; `perfkit analyze --list-skipped` shows them")
    return coverage(pics, analysis.document, sample_sources())


def _write(document: CoverageDocument, files: dict[str, OutputFile]) -> None:
    if "json" in files:
        from perfkit.report.result_json import result_json

        files["json"].stream.write(f"{result_json(document)}\n".encode())
    if "junit" in files:
        from perfkit.report.coverage_junit import render

        files["junit"].stream.write(render(document))
    for file in files.values():
        file.commit()


def _print(arguments: argparse.Namespace, document: CoverageDocument) -> None:
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
    elif not arguments.quiet:
        from perfkit.cli.terminal import has_colour, width_columns
        from perfkit.report.coverage_console import render

        width, colour = width_columns(sys.stdout), has_colour(sys.stdout)
        print(render(document, width=width, colour=colour, full=arguments.full), end="")
