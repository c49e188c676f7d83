"""`perfkit pics`: exit codes, what goes to which stream, and files that are not to be lost."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from perfkit.cli.main import main
from perfkit.core.pics.load import read_pics
from perfkit.core.pics.model import DutType
from perfkit.core.pics.reference import pics_reference

INVALID = "dut:\n  vendr: x\nperformance: {response_timeout: 0}\n"


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    path = tmp_path / "valid.yaml"
    path.write_text("dut: {type: CS, vendor: Example}\nperformance: {response_timeout: 2.5}\n", encoding="utf-8")
    return path


@pytest.fixture
def invalid(tmp_path: Path) -> Path:
    path = tmp_path / "invalid.yaml"
    path.write_text(INVALID, encoding="utf-8")
    return path


def test_new_prints_a_template_that_check_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "new"]) == 0
    path = tmp_path / "perf.yaml"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["pics", "check", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{path}: valid; charging station, 0 stated values, technology not stated, default policy\n"
    assert captured.err == ""


def test_new_writes_a_file_for_a_csms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "perf.yaml"
    assert main(["pics", "new", str(path), "--type", "csms"]) == 0
    assert capsys.readouterr().out == f"wrote {path}; fill it in, then `perfkit pics check {path}`\n"
    assert read_pics(path).dut.type is DutType.CSMS
    assert b"\r" not in path.read_bytes()


def test_new_overwrites_only_when_forced(valid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = valid.read_bytes()
    assert main(["pics", "new", str(valid)]) == 2
    assert capsys.readouterr().err == f"perfkit: error: {valid} exists; --force overwrites it\n"
    assert valid.read_bytes() == before
    assert main(["pics", "new", str(valid), "--force"]) == 0
    assert read_pics(valid).dut.vendor is None


def test_new_says_why_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none" / "perf.yaml"
    assert main(["pics", "new", str(path)]) == 2
    assert capsys.readouterr().err == f"perfkit: error: {path} cannot be written: No such file or directory\n"


@pytest.mark.parametrize("options", [[], ["--force"]])
def test_new_wants_a_file_and_no_folder(options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "new", str(tmp_path), *options]) == 2
    assert capsys.readouterr().err == f"perfkit: error: {tmp_path} is a folder; name a file\n"


def test_check_prints_all_findings_of_all_files(valid: Path, invalid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "check", str(invalid), str(valid), "none.yaml"]) == 2
    captured = capsys.readouterr()
    assert (
        captured.out
        == f"{valid}: valid; charging station Example, 1 stated value, technology not stated, default policy\n"
    )
    assert captured.err.splitlines() == [
        f"{invalid}:2:3: unknown key 'dut.vendr'; did you mean 'vendor'?",
        f"{invalid}:3:33: performance.response_timeout: expected seconds, more than 0 and at most 86400 "
        "(2, 2.50, 2 s, 500 ms), found '0' [A.4, 8.2.1]",
        "none.yaml: cannot be read: No such file or directory",
    ]


def test_check_summarises_what_a_file_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "perf.yaml"
    path.write_text(
        "dut: {type: CS, product_subtype: mode_1_2_only, vendor: Example, model: One, firmware: 1.10}\n"
        "communication: mobile\n"
        "performance: {response_timeout: 2, triggered_function_timeout: 5}\n"
        "policy: {aggregate: p95, digits: 1}\n",
        encoding="utf-8",
    )
    assert main(["pics", "check", str(path)]) == 0
    assert capsys.readouterr().out == (
        f"{path}: valid; charging station (Mode 1/2-only) Example One 1.10, 2 stated values, over mobile, "
        "policy: aggregate p95, digits 1\n"
    )


def test_check_of_a_file_that_states_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "perf.yaml"
    path.write_text("dut:\n", encoding="utf-8")
    assert main(["pics", "check", str(path)]) == 0
    assert capsys.readouterr().out == (
        f"{path}: valid; type not stated, 0 stated values, technology not stated, default policy\n"
    )


def test_check_as_json(valid: Path, invalid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "check", "--json", str(valid), str(invalid)]) == 2
    captured = capsys.readouterr()
    assert captured.err == ""
    document = json.loads(captured.out)
    assert document["schema"] == "perfkit.pics-check/1"
    assert document["files"][0] == {"path": str(valid), "valid": True, "findings": []}
    assert document["files"][1]["valid"] is False
    assert document["files"][1]["findings"][0] == {
        "line": 2,
        "column": 3,
        "key": "dut.vendr",
        "message": "unknown key 'dut.vendr'; did you mean 'vendor'?",
        "nearest": "vendor",
    }
    assert [finding["line"] for finding in document["files"][1]["findings"]] == [2, 3]


def test_schema_is_printed_as_json(valid: Path, invalid: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$id"] == "perfkit.pics/1"
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(yaml.safe_load(valid.read_text(encoding="utf-8")))
    assert not validator.is_valid(yaml.safe_load(invalid.read_text(encoding="utf-8")))


def test_reference_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", "reference"]) == 0
    assert capsys.readouterr().out == pics_reference()


@pytest.mark.parametrize("words", [[], ["chek"], ["check"], ["new", "--type", "cs"]])
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pics", *words]) == 2
    assert "usage: perfkit pics" in capsys.readouterr().err
