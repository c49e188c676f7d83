"""The report of the sample campaign, from end to end: each figure in HTML and Markdown against the files it came from."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from perfkit.cli.main import main
from perfkit.report.result_json import result_json
from tests.perfkit.report import network_documents
from tests.perfkit.report.report_inputs import Page, at, read_page

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "sample_logs"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report; the current folder of the module is the one above the campaign."""
    folder = tmp_path_factory.mktemp("sample")
    campaign = folder / "camp"
    shutil.copytree(SAMPLES / "charging_station", campaign / "logs")
    shutil.copytree(SAMPLES / "network", campaign / "network")
    shutil.copy(SAMPLES / "perf.yaml", campaign / "pics.yaml")
    (campaign / "network" / "before.json").write_text(result_json(network_documents.DOCUMENT))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["analyze", "--campaign", "camp", "--quiet"]) == 0
        main(["coverage", "--campaign", "camp", "--quiet"])
        assert main(["report", "camp", "--format", "html,md", "--time", "2026-06-12T09:00:00Z"]) == 0
    (found,) = (campaign / "reports").iterdir()
    return found


@pytest.fixture(scope="module")
def content(reports: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((reports / "report.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def page(reports: Path) -> Page:
    return read_page(next(reports.glob("*.html")).read_bytes())


def originals(reports: Path, content: dict[str, Any]) -> dict[str, Any]:
    """The documents by id, read anew from the files that the report names, with the digests that it names."""
    found: dict[str, Any] = {}
    for info in content["documents"]:
        path = reports.parents[2] / info["path"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == info["sha256"], info["path"]
        if path.suffix == ".json":
            found[info["id"]] = json.loads(path.read_text())
        elif path.suffix == ".csv":
            with path.open(newline="") as stream:
                found[info["id"]] = [_typed(row) for row in csv.DictReader(stream)]
    return found


def _typed(row: dict[str, str]) -> dict[str, Any]:
    return row | {"number": int(row["number"]), "value_s": float(row["value_s"]) if row["value_s"] else None}


def test_every_figure_of_the_page_is_the_number_in_its_file(reports: Path, content: dict[str, Any], page: Page) -> None:
    documents = originals(reports, content)
    wrong = [entry for entry in page.quoted if at(documents[entry.document], entry.pointer) != entry.value]

    assert wrong == []
    assert {entry.document for entry in page.quoted} == {"analysis", "samples", "network-1"}
    assert any(entry.pointer.startswith("/network/during/") for entry in page.quoted)
    assert any("/link/statuses/" in entry.pointer for entry in page.quoted)
    assert len(page.quoted) > 800


def test_markdown_says_the_same_figures_as_the_page(reports: Path, page: Page) -> None:
    markdown = next(reports.glob("*.md")).read_text()
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)

    assert [entry.text for entry in page.quoted if entry.text not in text] == []


def test_every_row_of_the_samples_is_listed_once(reports: Path, content: dict[str, Any], page: Page) -> None:
    rows = originals(reports, content)["samples"]
    listed = [entry.value for entry in page.quoted if entry.document == "samples" and entry.pointer.endswith("/number")]

    assert sorted(listed) == [row["number"] for row in rows]


def test_the_raw_lines_are_those_of_the_logs(reports: Path, content: dict[str, Any]) -> None:
    logs = reports.parents[1] / "logs"
    proofs = content["evidence"]
    wrong = []
    for proof in proofs:
        logged = (logs / proof["file"]).read_text().split("\n")
        for line in proof["lines"]:
            shown, original = line["text"], logged[line["number"] - 1].rstrip("\r")
            cut = f"{original[:2000]} … ({len(original) - 2000:,} more characters)"
            if shown != (original if len(original) <= 2000 else cut):
                wrong.append((proof["id"], line["number"]))

    assert wrong == []
    assert len(proofs) == len(originals(reports, content)["samples"])


def test_sections_of_the_plan_the_configuration_and_the_link_are_there(content: dict[str, Any]) -> None:
    keys = {section["key"] for top in content["sections"] for section in (top, *top["sections"])}

    assert {"results", "network", "network-1", "link", "coverage", "configuration", "raw-lines"} <= keys


def test_every_test_case_of_the_coverage_has_its_line(reports: Path, content: dict[str, Any]) -> None:
    cases = originals(reports, content)["coverage"]["cases"]
    (section,) = (entry for entry in content["sections"] if entry["key"] == "coverage")
    (table,) = (block for block in section["blocks"] if block.get("key") == "coverage")

    assert [(row[0]["text"], row[3]["text"], row[4]["text"]) for row in table["rows"]] == [
        (
            case["planned"]["test_case"],
            case["state"],
            " ".join(run["verdict"] or "(none)" for run in case["runs"]) or "-",
        )
        for case in cases
    ]
    assert len(cases) > 90
    assert all(run["counts"] for case in cases for run in case["runs"])  # else its verdict stands in brackets


def _shown(entry: dict[str, Any]) -> str:
    if entry["is_secret"]:
        return "not shown (secret)"
    return "-" if entry["value"] is None else entry["value"] or "(empty)"


def test_every_configuration_key_has_its_value(reports: Path, content: dict[str, Any]) -> None:
    info = originals(reports, content)["analysis"]["configuration"]
    (section,) = (entry for entry in content["sections"] if entry["key"] == "configuration")
    tables = {block["key"]: block for block in section["blocks"] if block["block"] == "table"}
    rows = {row[0]["text"]: row[1]["text"] for row in tables["configuration-keys"]["rows"]}

    assert rows == {entry["key"]: _shown(entry) for entry in info["keys"]}
    assert rows["NumberOfConnectors"] == "2"
