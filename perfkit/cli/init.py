"""`perfkit init`: a campaign folder, so that no command needs its files listed by hand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import UsageError
from perfkit.core.pics.model import DutType


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the campaign folder; it is made where it is missing")
    parser.add_argument(
        "--type",
        dest="dut_type",
        choices=[member.value for member in DutType],
        default=DutType.CHARGING_STATION.value,
        help="what is tested (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the folder and say what comes next; 0."""
    campaign = CampaignFolder(arguments.folder)
    files = dict(_files(campaign, DutType(arguments.dut_type)))
    _refuse_overwriting(campaign, files)
    try:
        for folder in (campaign.root, campaign.network, campaign.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename or campaign.root} cannot be written: {error.strerror or error}") from None
    names = ", ".join(path.name for path in files)
    print(
        f"made {campaign.root} with {names}, network/ and logs/; fill in {campaign.pics}, README.md says what follows"
    )
    return 0


def _files(campaign: CampaignFolder, dut_type: DutType) -> Iterator[tuple[Path, str]]:
    from perfkit.core.lab.template import lab_template
    from perfkit.core.pics.template import pics_template
    from perfkit.report.campaign_guide import campaign_guide
    from perfkit.report.printable import printable

    yield campaign.pics, pics_template(dut_type)
    yield campaign.lab, lab_template()
    yield campaign.guide, campaign_guide(printable(campaign.root.resolve().name), dut_type)


def _refuse_overwriting(campaign: CampaignFolder, files: dict[Path, str]) -> None:
    """Stop before anything is made when a file would be replaced or a folder's name is taken.

    Raises:
        UsageError: one of them is there already.
    """
    for folder in (campaign.root, campaign.network, campaign.logs):
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file; name another folder, nothing was made")
    for path in files:
        if path.exists() or path.is_symlink():
            raise UsageError(f"{path} exists and is not overwritten; name another folder, nothing was made")
