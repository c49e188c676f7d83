from __future__ import annotations

import os
import zipfile
from pathlib import Path

import bagit
import pytest

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.errors import UsageError
from perfkit.core.version import VERSION
from tests.perfkit.dossier.campaigns import LOGS, make_campaign, make_dossier


def bare_campaign(root: Path) -> CampaignFolder:
    """A folder that can be packed; what is in it does not matter here."""
    campaign = CampaignFolder(root)
    campaign.results.mkdir(parents=True)
    campaign.result.write_text("{}")
    return campaign


def test_an_independent_library_takes_it_for_a_valid_bag(tmp_path: Path) -> None:
    campaign = make_campaign(tmp_path / "c")
    (campaign.reports / "PK-2026-001").mkdir(parents=True)
    (campaign.reports / "PK-2026-001" / "report.html").write_text("<p>")
    packed = make_dossier(campaign, tmp_path / "d.zip")

    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
        assert archive.testzip() is None
    bag = bagit.Bag(str(tmp_path / "unpacked" / "campaign"))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["External-Identifier"] == "PK-2026-001"
    assert bag.info["Bag-Software-Agent"] == f"perfkit {VERSION}"
    assert bag.info["Bagging-Date"] == "2026-06-12"
    names = {"pics.yaml", "results/result.json", "results/samples.csv", "reports/PK-2026-001/report.html"}
    assert set(bag.payload_files()) == {f"data/{name}" for name in names | {f"logs/{log}" for log in LOGS}}
    assert (packed.identifiers, packed.files) == (["PK-2026-001"], len(names) + len(LOGS))


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    campaign = make_campaign(tmp_path / "c")
    make_dossier(campaign, tmp_path / "1.zip")
    for path in campaign.root.rglob("*"):
        os.utime(path, (1, 1))
    campaign.pics.chmod(0o600)
    make_dossier(campaign, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_hidden_files_keys_and_dossiers_stay_out(tmp_path: Path) -> None:
    campaign = bare_campaign(tmp_path / "c")
    make_dossier(campaign, campaign.root / "earlier.zip")
    (campaign.root / ".cache").write_text("")
    (campaign.root / "lab.p12").write_text("")
    (campaign.root / "key.pem").write_text("-----BEGIN PRIVATE KEY-----")
    (campaign.root / "notes.txt").write_text("kept")
    packed = make_dossier(campaign, campaign.root / "now.zip")

    assert packed.left_out == [
        ("earlier.zip", "a dossier"), ("key.pem", "a private key"), ("lab.p12", "a private key"), ("now.zip", "the dossier itself"),
    ]  # fmt: skip
    assert packed.files == 2


def test_a_campaign_without_a_result_says_how_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    with pytest.raises(UsageError, match=r"result\.json is missing; `perfkit analyze --campaign"):
        make_dossier(CampaignFolder(tmp_path / "c"), tmp_path / "d.zip")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a:b.log", "Windows cannot store"),
        ("nul.log", "device"),
        ("x.log ", "ends in a dot or blank"),
        (os.fsdecode(b"\xff.log"), "is not UTF-8"),
    ],
)
def test_a_name_that_not_every_system_holds(tmp_path: Path, name: str, says: str) -> None:
    campaign = bare_campaign(tmp_path / "c")
    campaign.logs.mkdir()
    (campaign.logs / name).write_text("")
    with pytest.raises(UsageError, match=says):
        make_dossier(campaign, tmp_path / "d.zip")


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    campaign = bare_campaign(tmp_path / "c")
    campaign.logs.mkdir()
    for name in ("a.log", "A.log"):
        (campaign.logs / name).write_text("")
    if len(list(campaign.logs.iterdir())) < 2:
        pytest.skip("this file system ignores case")
    with pytest.raises(UsageError, match=r"logs/A\.log and logs/a\.log are one file"):
        make_dossier(campaign, tmp_path / "d.zip")


@pytest.mark.parametrize("kind", ["file", "folder", "fifo"])
def test_links_and_special_files(tmp_path: Path, kind: str) -> None:
    campaign = bare_campaign(tmp_path / "c")
    if kind == "fifo":
        os.mkfifo(campaign.root / "logs")
    else:
        target = tmp_path / "elsewhere"
        target.mkdir() if kind == "folder" else target.write_text("secret")
        (campaign.root / "logs").symlink_to(target)
    with pytest.raises(UsageError, match=r"symbolic link|neither a file nor a folder"):
        make_dossier(campaign, tmp_path / "d.zip")
