"""A small campaign folder with its result, and its dossier."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from perfkit.cli.main import main
from perfkit.core.campaign_folder import CampaignFolder
from perfkit.dossier.pack import Packed, pack
from tests.test_sample_logs import SAMPLES

LOGS = ("hd22_duo_TC_010_CS2026-06-08T06_40_02.194000.log", "hd22_duo_TC_012_CS2026-06-08T07_33_48.069000.log")
PACKED_ON = date(2026, 6, 12)


def make_campaign(root: Path, logs: tuple[str, ...] = LOGS) -> CampaignFolder:
    """A campaign of a few sample logs, analysed; the command may say that not everything was measured."""
    campaign = CampaignFolder(root)
    campaign.logs.mkdir(parents=True)
    for name in logs:
        shutil.copy(SAMPLES / "charging_station" / name, campaign.logs / name)
    shutil.copy(SAMPLES / "perf.yaml", campaign.pics)
    analyse(campaign)
    return campaign


def analyse(campaign: CampaignFolder) -> None:
    """Write results/ anew."""
    assert main(["analyze", "--campaign", str(campaign.root), "--quiet"]) in {0, 4}


def make_dossier(campaign: CampaignFolder, path: Path) -> Packed:
    """Pack without any verification."""
    with path.open("w+b") as stream:
        return pack(campaign, stream, name="campaign", packed_on=PACKED_ON, output=path)
