"""`perfkit init` and --campaign: a folder that the commands find their files in."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from perfkit.cli import network
from perfkit.cli.main import COMMANDS, main
from perfkit.core.lab.load import read_lab
from perfkit.core.pics.load import read_pics
from tests.analyzers.link.records import sample, session, write
from tests.perfkit.report.network_documents import DOCUMENT
from tests.vectors import octt

LOG = octt(
    """
    2026-06-08T12:00:01.000 < h Heartbeat {}
    2026-06-08T12:00:01.000 > h {"currentTime":"2026-06-08T12:00:01.000Z"}
    2026-06-08T12:00:12.500 > 1 ClearCache {}
    2026-06-08T12:00:12.750 < 1 {}
    """
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A campaign with a log and a record in it; the working folder holds it."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "camp"]) == 0
    camp = Path("camp")
    (camp / "logs" / "a.log").write_text(LOG)
    write(camp / "network" / "m.jsonl", [session(), sample(0, 50.0), sample(10, 50.0), sample(20, 50.0)])
    capsys.readouterr()
    return camp


@pytest.mark.parametrize("dut_type", ["charging_station", "csms"])
def test_init_makes_what_the_commands_read(tmp_path: Path, dut_type: str, capsys: pytest.CaptureFixture[str]) -> None:
    camp = tmp_path / "new" / "camp"
    assert main(["init", str(camp), "--type", dut_type]) == 0

    assert sorted(path.name for path in camp.iterdir()) == ["README.md", "lab.yaml", "logs", "network", "pics.yaml"]
    assert read_pics(camp / "pics.yaml").dut.type == dut_type
    read_lab(camp / "lab.yaml")
    guide = (camp / "README.md").read_text()
    named = set(re.findall(r"^ +perfkit (\w+)", guide, re.MULTILINE))
    assert {"network", "monitor", "analyze", "coverage", "report"} <= named <= set(COMMANDS)
    assert "into `logs/`" in guide
    assert "--campaign camp" in guide
    assert str(camp) in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
def test_a_folder_whose_name_is_no_utf_8(tmp_path: Path) -> None:
    camp = tmp_path / "J\udcf6rg"

    assert main(["init", str(camp)]) == 0
    assert "J\\udcf6rg" in (camp / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("taken", ["pics.yaml", "lab.yaml", "README.md"])
def test_init_overwrites_nothing_and_then_makes_nothing(
    tmp_path: Path, taken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / taken).write_text("mine")

    assert main(["init", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == [taken]
    assert (tmp_path / taken).read_text() == "mine"
    assert f"{taken} exists and is not overwritten" in capsys.readouterr().err


def test_init_keeps_folders_that_are_there_and_refuses_files_in_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text("x")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "logs" / "a.log").read_text() == "x"

    other = tmp_path / "other"
    other.mkdir()
    (other / "network").write_text("a file")
    assert main(["init", str(other)]) == 2
    assert "network is a file; name another folder, nothing was made" in capsys.readouterr().err


def test_analyze_reads_and_writes_the_campaign(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--campaign", "camp"]) == 4  # only one parameter has a value

    result = json.loads((folder / "results" / "result.json").read_text())
    assert [info["path"] for info in result["inputs"]] == ["camp/logs/a.log"]
    assert result["pics"]["path"] == "camp/pics.yaml"
    assert [monitor["path"] for monitor in result["network"]["monitors"]] == ["camp/network/m.jsonl"]
    header, row = (folder / "results" / "samples.csv").read_text().splitlines()
    assert dict(zip(header.split(","), row.split(","), strict=True))["link"] == "in_specification"
    assert "The link during the measurement" in capsys.readouterr().out


def test_an_analysis_keeps_the_result_before_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = folder / "results"
    main(["analyze", "--campaign", "camp", "--quiet"])
    first, rows = (results / "result.json").read_bytes(), (results / "samples.csv").read_bytes()
    main(["analyze", "--campaign", "camp", "--quiet"])
    main(["analyze", "--campaign", "camp", "--quiet"])

    kept = sorted((results / "earlier").iterdir())
    assert len(kept) == 2
    assert (kept[0] / "result.json").read_bytes() == first
    assert (kept[0] / "samples.csv").read_bytes() == rows
    created = json.loads(first)["provenance"]["created"]
    assert kept[0].name == re.sub(r"[-:]", "", created[:19]) + "Z"
    assert capsys.readouterr().err == ""
    main(["analyze", "--campaign", "camp"])
    assert "written to camp/results; the result before it is kept in camp/results/earlier/" in capsys.readouterr().err


def test_looking_at_a_campaign_writes_nothing(folder: Path) -> None:
    main(["analyze", "--campaign", "camp", "--explain", "1"])
    main(["analyze", "--campaign", "camp", "--list-excluded"])

    assert not (folder / "results").exists()


def test_what_is_named_wins(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b.log").write_text(LOG)
    words = ["analyze", "b.log", "--campaign", "camp", "--out", "elsewhere", "--quiet"]
    main(words)

    result = json.loads((tmp_path / "elsewhere" / "result.json").read_text())
    assert [info["path"] for info in result["inputs"]] == ["b.log"]
    assert not (folder / "results").exists()


def test_a_result_that_perfkit_did_not_write_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "results").mkdir()
    (folder / "results" / "result.json").write_text("my notes")

    assert main(["analyze", "--campaign", "camp", "--quiet"]) == 2
    assert (folder / "results" / "result.json").read_text() == "my notes"
    assert "was not written by perfkit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda camp: camp.rename("gone"), "camp does not exist; `perfkit init camp` makes a campaign folder"),
        (
            lambda camp: (camp / "logs").rename("gone"),
            "camp/logs is missing; make this folder and put the logs of OCTT there",
        ),
        (lambda camp: (camp / "logs" / "a.log").unlink(), "camp/logs is empty; put the logs of OCTT there"),
        (
            lambda camp: (camp / "pics.yaml").unlink(),
            "camp/pics.yaml is missing; `perfkit pics new camp/pics.yaml` writes",
        ),
    ],
)
def test_a_missing_part_is_one_clear_sentence(
    folder: Path, spoil: object, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(spoil)
    spoil(folder)

    assert main(["analyze", "--campaign", "camp"]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1


def test_a_file_in_place_of_the_campaign_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--campaign", "camp/pics.yaml"]) == 2
    assert "camp/pics.yaml is a file; --campaign names the folder" in capsys.readouterr().err


def test_a_campaign_without_records_is_analysed_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "network" / "m.jsonl").unlink()

    assert main(["analyze", "--campaign", "camp", "--json"]) == 4
    out, err = capsys.readouterr()
    assert json.loads(out)["network"] is None
    assert "camp/network holds no record of the link" in err


def test_network_writes_into_the_campaign(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(network, "_measure", lambda _: DOCUMENT)
    main(["network", "--to", "127.0.0.1:1", "--label", "before, by the window", "--campaign", "camp"])
    (written,) = folder.glob("network/*.json")
    assert f"written to {written}" in capsys.readouterr().err

    assert re.fullmatch(r"network-\d{8}T\d{6}Z-before-by-the-window\.json", written.name)
    assert json.loads(written.read_text())["schema"] == "perfkit.network/1"
    main(["analyze", "--campaign", "camp", "--quiet"])
    (check,) = json.loads((folder / "results" / "result.json").read_text())["network"]["checks"]
    assert check["path"] == written.as_posix()


def test_network_takes_the_technologies_of_the_campaigns_pics_with_a_dongle(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path | None] = []

    def measured(arguments: object) -> object:
        seen.append(getattr(arguments, "pics", None))
        return DOCUMENT

    monkeypatch.setattr(network, "_measure", measured)
    main(["network", "--dongle", "--campaign", "camp"])
    main(["network", "--to", "127.0.0.1:1", "--campaign", "camp"])

    assert seen == [folder / "pics.yaml", None]
