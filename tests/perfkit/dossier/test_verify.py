from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from perfkit.core.campaign_folder import CampaignFolder
from perfkit.core.verification_record import Check, State, VerificationDocument
from perfkit.dossier import recomputation
from perfkit.dossier.verify import verify
from tests.perfkit.dossier.campaigns import LOGS, analyse, make_campaign, make_dossier


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignFolder:
    return make_campaign(tmp_path_factory.mktemp("verify") / "c")


@pytest.fixture(scope="module")
def dossier(campaign: CampaignFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("packed") / "d.zip"
    make_dossier(campaign, path)
    return path


@pytest.fixture
def unpacked(dossier: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(dossier) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked" / "campaign"


def check(document: VerificationDocument, key: str) -> Check:
    return next(check for check in document.checks if check.key == key)


def repacked(
    campaign: CampaignFolder, tmp_path: Path, change: Callable[[CampaignFolder], object]
) -> VerificationDocument:
    """What verification says of a dossier that somebody packed with right hashes after changing the campaign."""
    copy = CampaignFolder(tmp_path / campaign.root.name)
    shutil.copytree(campaign.root, copy.root)
    change(copy)
    make_dossier(copy, tmp_path / "forged.zip")
    return verify(tmp_path / "forged.zip")


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_an_unaltered_dossier(dossier: Path) -> None:
    document = verify(dossier)
    assert [(check.key, check.state) for check in document.checks][:5] == [
        ("container", State.OK), ("description", State.OK), ("files", State.OK), ("figures", State.OK), ("samples", State.OK),
    ]  # fmt: skip
    assert (document.unaltered, document.complete) == (True, True)
    assert document.dossier.packed_on == "2026-06-12"


def test_the_same_folder_unpacked_moved_and_packed_by_another_program(unpacked: Path, tmp_path: Path) -> None:
    document = verify(unpacked)
    assert document.unaltered
    assert check(document, "container").state is State.NOT_CHECKED

    again = Path(shutil.make_archive(str(tmp_path / "again"), "zip", unpacked.parent))
    document = verify(again)
    assert document.unaltered
    assert "another program packed it anew" in check(document, "container").sentence


@pytest.mark.parametrize("kind", ["altered", "missing", "added"])
def test_a_file_that_was_touched_is_named(unpacked: Path, kind: str) -> None:
    log = unpacked / "data" / "logs" / LOGS[0]
    if kind == "altered":
        log.write_bytes(log.read_bytes() + b"\n")
    elif kind == "missing":
        log.unlink()
    else:
        log = log.with_name("added.txt")
        log.write_text("x")
    document = verify(unpacked)
    assert not document.unaltered
    (difference,) = check(document, "files").differences
    assert difference.where == f"data/logs/{log.name}"
    assert kind in difference.what or (kind == "missing" and "is missing" in difference.what)


def test_a_figure_that_was_changed_before_packing_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    parameters = json.loads(campaign.result.read_text())["parameters"]
    index, parameter = next((i, one) for i, one in enumerate(parameters) if one["measured_s"] is not None)
    old = parameter["measured_s"]

    def flatter(copy: CampaignFolder) -> None:
        content = json.loads(copy.result.read_text())
        content["parameters"][index]["measured_s"] = old / 2
        copy.result.write_text(json.dumps(content))

    document = repacked(campaign, tmp_path, flatter)
    assert check(document, "files").state is State.OK
    figures = check(document, "figures")
    assert figures.state is State.FAILED
    (difference,) = figures.differences
    assert difference.where == f"/parameters/{index}/measured_s"
    assert (difference.expected, difference.found) == (str(old), str(old / 2))


def test_statements_that_were_added_removed_or_retyped_are_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    def change(copy: CampaignFolder) -> None:
        content = json.loads(copy.result.read_text())
        content["conforms"] = True
        content["runs"].pop()
        content["parameters"][0]["count"] += 1
        copy.result.write_text(json.dumps(content))

    differences = check(repacked(campaign, tmp_path, change), "figures").differences
    assert {difference.where for difference in differences} == {"/conforms", "/runs", "/parameters/0/count"}


def test_a_row_of_the_samples_that_was_changed_is_named(campaign: CampaignFolder, tmp_path: Path) -> None:
    lines = campaign.samples.read_text().splitlines(keepends=True)
    number = next(i for i, line in enumerate(lines, 1) if ",observation," in line)

    def change(copy: CampaignFolder) -> None:
        changed = [*lines]
        changed[number - 1] = changed[number - 1].replace(",observation,", ",exclusion,")
        copy.samples.write_text("".join(changed))

    document = repacked(campaign, tmp_path, change)
    assert check(document, "figures").state is State.OK
    (difference,) = check(document, "samples").differences
    assert (difference.where, difference.what) == (f"results/samples.csv:{number}", "kind")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + text.splitlines(keepends=True)[-1],
        lambda text: "".join(text.splitlines(keepends=True)[:-1]),
        lambda text: "a,b\n",
        lambda text: "",
    ],
)
def test_rows_that_were_added_or_taken_away(
    campaign: CampaignFolder, tmp_path: Path, change: Callable[[str], str]
) -> None:
    document = repacked(campaign, tmp_path, lambda copy: copy.samples.write_text(change(copy.samples.read_text())))
    assert check(document, "samples").state is State.FAILED


def test_a_log_that_was_changed_shows_in_the_figures(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = repacked(campaign, tmp_path, lambda copy: (copy.logs / LOGS[0]).unlink())
    assert check(document, "figures").state is State.FAILED
    assert any(difference.where == "/inputs" for difference in check(document, "figures").differences)


def test_a_stated_value_that_was_changed_shows(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = repacked(campaign, tmp_path, lambda copy: rewrite(copy.pics, "vendor:", "vendor: X #"))
    wheres = {difference.where for difference in check(document, "figures").differences}
    assert wheres >= {"/dut/vendor", "/pics/sha256"}


def test_provenance_may_differ(campaign: CampaignFolder, tmp_path: Path) -> None:
    def elsewhere(copy: CampaignFolder) -> None:
        content = json.loads(copy.result.read_text())
        content["provenance"] = {
            "created": "2026-01-01T00:00:00+00:00",
            "host": "h",
            "platform": "p",
            "python": "3",
            "seconds": 1.0,
        }
        copy.result.write_text(json.dumps(content))

    assert repacked(campaign, tmp_path, elsewhere).unaltered


def test_another_version_of_perfkit_is_told_from_an_alteration(
    campaign: CampaignFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def older(copy: CampaignFolder) -> None:
        content = json.loads(copy.result.read_text())
        content["tool"]["version"] = "0.0.1"
        content["parameters"][0]["count"] += 1
        copy.result.write_text(json.dumps(content))

    monkeypatch.setattr(recomputation, "VERSION", "9.9.9")
    document = repacked(campaign, tmp_path, older)
    figures = check(document, "figures")
    assert figures.state is State.UNDECIDED
    assert "perfkit 0.0.1 computed the result and this is perfkit 9.9.9" in figures.sentence
    assert not document.unaltered


def test_another_version_with_the_same_figures_is_fine(campaign: CampaignFolder, tmp_path: Path) -> None:
    def older(copy: CampaignFolder) -> None:
        content = json.loads(copy.result.read_text())
        content["tool"]["version"] = "0.0.1"
        copy.result.write_text(json.dumps(content))

    document = repacked(campaign, tmp_path, older)
    assert document.unaltered
    assert document.dossier.result_version == "0.0.1"


def test_another_version_with_another_form_is_told_from_an_alteration(campaign: CampaignFolder, tmp_path: Path) -> None:
    document = repacked(
        campaign,
        tmp_path,
        lambda copy: copy.result.write_text('{"schema":"perfkit.analysis/2","tool":{"version":"7.0"}}'),
    )
    assert check(document, "figures").state is State.UNDECIDED
    assert "verify with perfkit 7.0" in check(document, "figures").sentence


@pytest.mark.parametrize("content", ["", "{}", "[]", "{", "[" * 100_000, '{"schema":"perfkit.network/1"}'])
def test_a_result_that_is_none(campaign: CampaignFolder, tmp_path: Path, content: str) -> None:
    document = repacked(campaign, tmp_path, lambda copy: copy.result.write_text(content))
    assert check(document, "figures").state is State.FAILED
    assert check(document, "samples").state is State.NOT_CHECKED


def test_logs_that_give_no_result_any_more(campaign: CampaignFolder, tmp_path: Path) -> None:
    def empty(copy: CampaignFolder) -> None:
        for log in copy.logs.iterdir():
            log.write_text("nothing")

    figures = check(repacked(campaign, tmp_path, empty), "figures")
    assert figures.state is State.FAILED
    assert "the raw data do not give a result any more: " in figures.sentence
    assert str(tmp_path) not in figures.sentence


def test_a_result_without_pics_and_with_the_role_as_an_option(tmp_path: Path) -> None:
    from perfkit.cli.main import main

    campaign = make_campaign(tmp_path / "c")
    shutil.rmtree(campaign.results)
    assert main(
        [
            "analyze",
            str(campaign.logs),
            "--role",
            "charging_station",
            "--max-skipped",
            "50",
            "--out",
            str(campaign.results),
            "--quiet",
        ]
    ) in {0, 4}
    make_dossier(campaign, tmp_path / "d.zip")
    assert verify(tmp_path / "d.zip").unaltered


def test_a_campaign_named_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign(tmp_path / "docs")  # "docs/method.md" stands in the document
    shutil.rmtree(campaign.results)
    monkeypatch.chdir(tmp_path)
    analyse(CampaignFolder(Path("docs")))
    make_dossier(CampaignFolder(Path("docs")), Path("d.zip"))
    assert verify(Path("d.zip")).unaltered


def test_a_folder_with_letters_beyond_ascii(tmp_path: Path) -> None:
    campaign = make_campaign(tmp_path / "Prüfung 試験")
    make_dossier(campaign, tmp_path / "d.zip")
    assert verify(tmp_path / "d.zip").unaltered
    with zipfile.ZipFile(tmp_path / "d.zip") as archive:
        archive.extractall(tmp_path / "entpackt ä")
    assert verify(tmp_path / "entpackt ä").unaltered


def test_the_document_fits_its_schema(dossier: Path) -> None:
    import jsonschema

    from perfkit.core.verification_record import json_schema

    jsonschema.validate(msgspec.to_builtins(verify(dossier)), json_schema())


def test_the_coverage_is_found_again_and_a_change_of_it_is_named(tmp_path: Path) -> None:
    from perfkit.cli.main import main

    campaign = make_campaign(tmp_path / "original")
    assert main(["coverage", "--campaign", str(campaign.root), "--quiet"]) in {0, 4}
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    document = repacked(campaign, tmp_path / "1", lambda copy: None)
    assert check(document, "coverage").state is State.OK

    def change(copy: CampaignFolder) -> None:
        content = json.loads(copy.coverage.read_text())
        content["runs"] += 1
        copy.coverage.write_text(json.dumps(content))

    coverage = check(repacked(campaign, tmp_path / "2", change), "coverage")
    assert coverage.state is State.FAILED
    assert [one.where for one in coverage.differences] == ["/runs"]
