"""`perfkit plan`: the conformance test cases that a PICS asks for.

Exit codes: 0 the plan is printed, also where test cases cannot be decided; 2 the command or the PICS is invalid.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.core.analysis_record import AnalysisDocument

MAX_WANTED = 10_000
EXIT_CODES = """\
exit codes:
  0  the plan is printed, also where test cases cannot be decided
  2  the command or the PICS file is invalid
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit plan`."""
    parser.epilog = EXIT_CODES
    parser.add_argument("--pics", type=Path, metavar="FILE", help="PICS file of the DUT")
    parser.add_argument(
        "--campaign", type=Path, metavar="DIR", help="campaign folder: its pics.yaml, and the values of its result.json"
    )
    parser.add_argument(
        "--wanted-n",
        type=int,
        default=1,
        metavar="N",
        help="values wanted of each combination of a performance parameter (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="the plan as one JSON document (perfkit schema plan)")


def run(arguments: argparse.Namespace) -> int:
    """Print the plan; 0."""
    from perfkit.core.pics.load import read_pics
    from perfkit.core.plan.planning import plan
    from perfkit_analyzers.sample_sources import sample_sources

    if not 1 <= arguments.wanted_n <= MAX_WANTED:
        raise UsageError(f"--wanted-n {arguments.wanted_n} is not a number from 1 to {MAX_WANTED}")
    result = _result(arguments)
    document = plan(
        read_pics(_pics(arguments)),
        sample_sources(),
        wanted_n=arguments.wanted_n,
        have=_have(result),
        already_run=_already_run(result),
    )
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
        return 0
    from perfkit.cli.terminal import has_colour, width_columns
    from perfkit.report.plan_console import render

    print(render(document, width=width_columns(sys.stdout), colour=has_colour(sys.stdout)), end="")
    return 0


def _pics(arguments: argparse.Namespace) -> Path:
    if arguments.pics is not None:
        return Path(arguments.pics)
    if arguments.campaign is not None:
        return CampaignFolder(arguments.campaign).existing().existing_pics()
    raise UsageError("name the PICS of the DUT: --pics FILE, or --campaign DIR")


def _result(arguments: argparse.Namespace) -> AnalysisDocument | None:
    """What `perfkit analyze --campaign` has measured so far; None without."""
    if arguments.campaign is None:
        return None
    path = CampaignFolder(arguments.campaign).existing().result
    if not path.is_file():
        return None
    import msgspec

    from perfkit.core.analysis_record import AnalysisDocument
    from perfkit.core.document_text import plain_document

    try:
        return msgspec.convert(plain_document(path.read_bytes()), AnalysisDocument)
    except (msgspec.ValidationError, ValueError, OSError) as error:
        raise UsageError(f"{path} is no result of `perfkit analyze` ({error}); analyze the campaign again") from None


def _have(result: AnalysisDocument | None) -> dict[tuple[str, str], int]:
    """Values by parameter and combination; parameters with one combination in the plan count all of their values."""
    if result is None:
        return {}
    from perfkit_analyzers.sample_sources import sample_sources

    planned = [source.parameter for source in sample_sources()]
    have: dict[tuple[str, str], int] = {}
    for parameter in result.parameters:
        single = planned.count(parameter.key) == 1
        for source in sample_sources():
            if source.parameter == parameter.key:
                counts = [c.count for c in parameter.combinations if single or c.name.startswith(source.combination)]
                have[parameter.key, source.combination] = sum(counts)
    return have


def _already_run(result: AnalysisDocument | None) -> frozenset[str]:
    from perfkit.core.plan.case_ids import base_id

    runs = result.runs if result else []
    return frozenset(base_id(run.test_case) for run in runs if run.test_case and run.left_out is None)
