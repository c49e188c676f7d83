from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.core.campaign_folder import CampaignFolder
from tests.perfkit.dossier.campaigns import make_campaign


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    return make_campaign(tmp_path_factory.mktemp("cli") / "c")


def test_pack_and_verify(campaign: CampaignFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "d.zip"
    assert main(["dossier", str(campaign.root), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert f"{out}: 5 files" in said
    assert f"SHA-256 {hashlib.sha256(out.read_bytes()).hexdigest()}" in said

    assert main(["verify", str(out)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"OK +results/result\.json: recomputed from the raw data: all \d+ figures", said)
    assert "UNALTERED" in said


def test_the_epoch_sets_the_day_and_the_bytes(
    campaign: CampaignFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    packed = [tmp_path / name / "d.zip" for name in ("1", "2")]
    for out in packed:
        out.parent.mkdir()
        assert main(["dossier", str(campaign.root), "--out", str(out), "--no-verify"]) == 0
    assert packed[0].read_bytes() == packed[1].read_bytes()
    assert main(["verify", str(packed[0]), "--json"]) == 0
    document = json.loads(capsys.readouterr().out.partition("\n{")[2].join(["{", ""]))
    assert document["dossier"]["packed_on"] == "2026-05-28"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    assert main(["dossier", str(campaign.root), "--out", str(tmp_path / "e.zip")]) == 2


def test_a_dossier_is_never_overwritten(
    campaign: CampaignFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "d.zip"
    out.write_text("mine")
    assert main(["dossier", str(campaign.root), "--out", str(out)]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_a_result_that_does_not_follow_from_the_logs_is_not_packed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = make_campaign(tmp_path / "c")
    content = json.loads(campaign.result.read_text())
    content["parameters"][0]["count"] += 1
    campaign.result.write_text(json.dumps(content))
    assert main(["dossier", str(campaign.root), "--out", str(tmp_path / "d.zip")]) == 2
    said = capsys.readouterr().err
    assert "nothing was packed" in said
    assert "/parameters/0/count" in said
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["dossier", "{tmp}/none", "--out", "{tmp}/d.zip"], "does not exist"),
        (["dossier", "{tmp}", "--out", "{tmp}/d.zip"], "result.json is missing"),
        (["dossier", "{tmp}", "--out", "{tmp}/d.tar"], "ending .zip"),
    ],
)
def test_a_wrong_command(tmp_path: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word.format(tmp=tmp_path) for word in words]) == 2
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_exit_codes_of_verify(campaign: CampaignFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "d.zip"
    main(["dossier", str(campaign.root), "--out", str(out), "--no-verify"])
    data = bytearray(out.read_bytes())
    data[len(data) // 2] ^= 1
    out.write_bytes(data)
    assert main(["verify", str(out)]) == 1
    assert "ALTERED" in capsys.readouterr().out
    assert main(["verify", str(out), "--quiet"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["verify", str(tmp_path / "none.zip")]) == 3
    assert main(["verify"]) == 2
