"""The option --campaign: the inputs and outputs of a command that are not named are those of the campaign folder."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from perfkit.core.campaign_folder import CampaignFolder


def add_campaign(parser: argparse.ArgumentParser | argparse._ArgumentGroup, purpose: str) -> None:
    """Declare the option; `purpose` is its line of help."""
    parser.add_argument("--campaign", type=Path, metavar="DIR", help=purpose)


def with_campaign_of_analysis(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments of `perfkit analyze`, completed by the campaign; what is named wins.

    Raises:
        UsageError: a part of the campaign that is needed is missing.
    """
    if arguments.campaign is None:
        return arguments
    campaign = CampaignFolder(arguments.campaign).existing()
    completed = argparse.Namespace(**vars(arguments))
    completed.paths = arguments.paths or [str(campaign.existing_logs())]
    completed.pics = arguments.pics or campaign.existing_pics()
    completed.network = arguments.network or campaign.network_files()
    if not completed.network and not arguments.quiet:
        print(f"perfkit: {campaign.network} holds no record of the link, so nothing is said of it", file=sys.stderr)
    looks_only = arguments.explain is not None or arguments.list_skipped or arguments.list_excluded
    if arguments.out is None and not looks_only:
        completed.out, completed.keep_earlier_in = campaign.results, campaign.earlier_results
    return completed


def with_campaign_of_network(arguments: argparse.Namespace) -> argparse.Namespace:
    """The arguments of `perfkit network`: PICS and output file of the campaign, unless they are named.

    Raises:
        UsageError: the campaign folder is missing.
    """
    if arguments.campaign is None:
        return arguments
    campaign = CampaignFolder(arguments.campaign).existing()
    completed = argparse.Namespace(**vars(arguments))
    if arguments.pics is None and (arguments.dongle or arguments.device) and campaign.pics.is_file():
        completed.pics = campaign.pics  # the technologies to measure; a link without a dongle has but one
    if arguments.out is None:
        campaign.network.mkdir(exist_ok=True)
        completed.out = campaign.network / network_name(datetime.now(UTC), arguments.label)
    return completed


def say_written(place: Path, kept: Path | None = None) -> None:
    """Say on standard error where a campaign keeps what was written, and where it `kept` what was there before."""
    before = f"; the result before it is kept in {kept}" if kept is not None else ""
    print(f"perfkit: written to {place}{before}", file=sys.stderr)


def network_name(now: datetime, label: str | None) -> str:
    """File name of a network result.

    Examples:
        >>> network_name(datetime(2026, 6, 8, 5, 15, 7, tzinfo=UTC), "before, at the window")
        'network-20260608T051507Z-before-at-the-window.json'
        >>> network_name(datetime(2026, 6, 8, 5, 15, 7, tzinfo=UTC), None)
        'network-20260608T051507Z-link.json'
    """
    word = re.sub(r"[^\w.]+", "-", label or "").strip("-.")
    return f"network-{now:%Y%m%dT%H%M%SZ}-{word or 'link'}.json"
