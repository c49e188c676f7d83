"""`perfkit verify`: whether a dossier is as it was packed, and its figures follow from its raw logs.

Exit codes: 0 every check that can be made found everything unaltered; 1 something was altered, or cannot be told from
an alteration; 2 the command is wrong, or a library is missing without which a check cannot be made; 3 it is unreadable.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfkit.core.verification_record import VerificationDocument

EXIT_OK = 0
EXIT_ALTERED = 1
EXIT_INCOMPLETE = 2

EXIT_CODES = """\
exit codes:
  0  unaltered by every check; what cannot be checked is listed
  1  something was altered, or another version of perfkit computed other figures
  2  the command is wrong, or a check needs a library that is not installed
  3  the dossier is unreadable: no dossier, damaged as a whole, hostile names
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit verify`."""
    parser.epilog = EXIT_CODES
    parser.add_argument("dossier", type=Path, metavar="FILE", help="dossier as ZIP, or the folder it was unpacked to")
    parser.add_argument(
        "--trust",
        type=Path,
        action="append",
        default=[],
        metavar="CERTIFICATE",
        help="certificate (PEM or DER) that may vouch for a signer; without it, nobody's identity is confirmed",
    )
    parser.add_argument("--json", action="store_true", help="the checklist as JSON (perfkit schema verification)")
    parser.add_argument("--full", action="store_true", help="every difference, not only the first ten of each check")
    parser.add_argument("--quiet", action="store_true", help="nothing but the exit code and errors")


def run(arguments: argparse.Namespace) -> int:
    """Verify and print the checklist."""
    from perfkit.dossier.verify import Options, verify

    document = verify(arguments.dossier, Options(trust=arguments.trust))
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
    elif not arguments.quiet:
        _print(document, full=arguments.full)
    if not document.unaltered:
        return EXIT_ALTERED
    return EXIT_OK if document.complete else EXIT_INCOMPLETE


def _print(document: VerificationDocument, *, full: bool) -> None:
    from perfkit.cli.terminal import has_colour, width_columns
    from perfkit.report.verification_console import render

    print(render(document, width=width_columns(sys.stdout), colour=has_colour(sys.stdout), full=full), end="")
