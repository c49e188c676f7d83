"""`perfkit dossier`: packs a campaign into one ZIP, after the result was shown to follow from the logs in it."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.dossier.pack import Packed

EXIT_OK = 0
EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
_NO_NAME = re.compile(r"[^\w.-]+")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `perfkit dossier`."""
    parser.epilog = "The same files on the same day give the same bytes; SOURCE_DATE_EPOCH sets the day."
    parser.add_argument("campaign", type=Path, metavar="CAMPAIGN", help="campaign folder with results/result.json")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="a new file; none is overwritten")
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="pack without recomputing the result; `perfkit verify FILE.zip` does it at any time",
    )


def run(arguments: argparse.Namespace) -> int:
    """Pack, verify, put in place; 0."""
    from perfkit.cli.output_file import OutputFile
    from perfkit.core.campaign_folder import CampaignFolder
    from perfkit.dossier.hashes import file_sha256
    from perfkit.dossier.pack import pack

    output: Path = arguments.out
    if output.suffix.lower() != ".zip":
        raise UsageError(f"{output}: a dossier is one ZIP; name it with the ending .zip")
    if output.exists() or output.is_symlink():
        raise UsageError(f"{output} exists, and a dossier is never overwritten; name another file")
    campaign = CampaignFolder(arguments.campaign).existing()
    with OutputFile(output) as file, tempfile.NamedTemporaryFile(suffix=".zip") as packed_file:
        packed = pack(campaign, packed_file, name=_inner_name(output), packed_on=_today(), output=output)
        packed_file.flush()
        if not arguments.no_verify:
            _refuse_what_does_not_verify(Path(packed_file.name))
        _copy(packed_file, file.stream)
        file.commit()
    _say(output, packed, file_sha256(output))
    return EXIT_OK


def _inner_name(output: Path) -> str:
    """Name of the folder inside, after the file."""
    return _NO_NAME.sub("-", output.stem).strip("-.") or "dossier"


def _today() -> date:
    given = os.environ.get(EPOCH_VARIABLE)
    if given is None:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(given), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{EPOCH_VARIABLE}={given!r} is no number of seconds since 1970") from None


def _refuse_what_does_not_verify(packed: Path) -> None:
    """Stop before a dossier is issued that contradicts itself.

    Raises:
        UsageError: a check failed.
    """
    from perfkit.core.verification_record import State
    from perfkit.dossier.verify import verify
    from perfkit.report.verification_console import difference_text

    document = verify(packed)
    bad = [check for check in document.checks if check.state in {State.FAILED, State.UNDECIDED}]
    if bad:
        lines = [f"{check.subject}: {check.sentence}" for check in bad]
        lines += [f"  {difference_text(difference)}" for check in bad for difference in check.differences[:5]]
        listed = "\n  ".join(lines)
        raise UsageError(
            "nothing was packed, for the results are not those of the inputs; analyse the campaign anew, "
            f"write its report anew, and pack then:\n  {listed}"
        )


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target, 1 << 20)


def _say(output: Path, packed: Packed, digest: str) -> None:
    for name, reason in packed.left_out:
        print(f"perfkit: not packed: {name} ({reason})", file=sys.stderr)
    reports = f", reports {', '.join(packed.identifiers)}" if packed.identifiers else ", no report"
    print(f"{output}: {packed.files} files, {packed.size_bytes:,} bytes{reports}")
    print(f"SHA-256 {digest}")
