"""The analysis of the copy gives the same figures, row by row."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from perfkit.redaction.copy import Options, redact
from tests.oracle.campaigns import campaign
from tests.perfkit.redaction.figures import analysis
from tests.test_sample_logs import SAMPLES

SECRET = b"a secret of the tests, 32 bytes."
SEEDS = 40


def assert_same_figures(campaign: Path, work: Path) -> None:
    original = analysis(campaign, work / "of original")
    assert original is not None
    redact(campaign, work / "copy", Options(SECRET))
    assert analysis(work / "copy", work / "of copy") == original


@pytest.fixture
def source(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "logs").mkdir(parents=True)
    return source


@pytest.mark.parametrize(
    ("folder", "pics"), [("charging_station", "perf.yaml"), ("csms", "perf-csms.yaml"), ("legacy", "perf-csms.yaml")]
)
def test_the_sample_campaigns(folder: str, pics: str, source: Path, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / folder, source / "logs", dirs_exist_ok=True)
    shutil.copy(SAMPLES / pics, source / "pics.yaml")
    if folder == "charging_station":
        shutil.copytree(SAMPLES / "network", source / "network")
    assert_same_figures(source, tmp_path)


@pytest.mark.parametrize("pack", ["zip", "gztar"])
def test_logs_in_an_archive(pack: str, source: Path, tmp_path: Path) -> None:
    logs = tmp_path / "some logs"
    logs.mkdir()
    for log in sorted((SAMPLES / "charging_station").iterdir())[:6]:
        shutil.copy(log, logs / log.name)
    shutil.make_archive(str(source / "logs" / "logs"), pack, logs)
    assert_same_figures(source, tmp_path)


def test_generated_campaigns(source: Path, tmp_path: Path) -> None:
    for seed in range(SEEDS):
        (source / "logs" / f"hx_{seed:03d}.log").write_text(campaign(Random(seed)), encoding="utf-8")
    assert_same_figures(source, tmp_path)


def test_utf_16_and_carriage_returns_and_bytes_that_are_no_text(source: Path, tmp_path: Path) -> None:
    log = next((SAMPLES / "charging_station").glob("*TC_010*")).read_text()
    (source / "logs" / "a.log").write_bytes(log.encode("utf-16"))
    odd = b"\r\n[06:40:59.000] [info]  \xff\xfe HELIO-0451\n"
    (source / "logs" / "b.log").write_bytes(log.replace("\n", "\r\n").encode() + odd)
    assert_same_figures(source, tmp_path)
    copy = tmp_path / "copy" / "logs"
    assert b"HELIO-0451" not in (copy / "b.log").read_bytes()
    assert "HELIO-0451" not in (copy / "a.log").read_bytes().decode("utf-16")
    assert b"\xff\xfe" in (copy / "b.log").read_bytes()
