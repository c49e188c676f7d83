"""`perfkit redact`: a copy of a campaign that can be given away, with the same figures.

Exit codes: 0 the copy was written; 1 a value of the original would have remained, nothing was written; 2 the command
is wrong; 3 an input cannot be read.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.core.redaction_record import RedactionDocument

EXIT_OK = 0
MIN_KEY_BYTES = 16
MAX_KEY_BYTES = 4096

EXIT_CODES = """\
exit codes:
  0  the copy was written
  1  a value of the original would have remained; nothing was written
  2  the command is wrong
  3  an input cannot be read
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit redact`."""
    parser.epilog = EXIT_CODES
    parser.add_argument("source", type=Path, metavar="CAMPAIGN", help="campaign folder, folder of logs, log or archive")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for the copy")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="secret that the pseudonyms depend on, at least 16 bytes (default: random, kept nowhere)",
    )
    parser.add_argument(
        "--vendor-names", action="store_true", help="also replace names of vendor, model and firmware (default: kept)"
    )
    parser.add_argument("--json", action="store_true", help="the account as JSON (perfkit schema redaction)")
    parser.add_argument("--quiet", action="store_true", help="nothing but errors")


def run(arguments: argparse.Namespace) -> int:
    """Write the copy and say what was replaced; 0."""
    from perfkit.redaction.copy import Options, redact

    repeatable = arguments.key is not None
    secret = _key(arguments.key) if repeatable else os.urandom(32)
    options = Options(secret, repeatable=repeatable, products=arguments.vendor_names)
    document = redact(arguments.source, arguments.out, options)
    if arguments.json:
        from perfkit.report.result_json import result_json

        print(result_json(document))
    elif not arguments.quiet:
        _print(document)
    return EXIT_OK


def _key(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            key = stream.read(MAX_KEY_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: the key cannot be read ({error.strerror or error})") from None
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise UsageError(f"{path}: {len(key)} bytes are no key; {MIN_KEY_BYTES} to {MAX_KEY_BYTES} random bytes are")
    return key


def _print(document: RedactionDocument) -> None:
    from perfkit.cli.terminal import has_colour, width_columns
    from perfkit.report.redaction_console import render

    print(render(document, width=width_columns(sys.stdout), colour=has_colour(sys.stdout)), end="")
