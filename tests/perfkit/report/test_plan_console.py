"""The tables of plan and coverage, and the lines on identity and configuration: colour, width, hostile texts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfkit.core.coverage_record import CaseState, CoverageDocument
from perfkit.core.pics.load import load_pics, read_pics
from perfkit.core.plan.coverage import coverage
from perfkit.core.plan.planning import plan
from perfkit.report import console, coverage_console, plan_console
from perfkit.report.coverage_junit import render as junit
from perfkit_analyzers.assess import analyze
from perfkit_analyzers.sample_sources import sample_sources
from tests.campaign_logs import PICS, CampaignLogs, boot, status
from tests.test_sample_logs import SAMPLES

ESCAPE = "\x1b"


@pytest.fixture
def document(tmp_path: Path) -> CoverageDocument:
    logs = CampaignLogs(tmp_path / "[bold]logs")
    logs.run("TC_001_CS", exchanges=[boot("1.0[red]\x1b[2J"), status()])
    pics = load_pics(PICS.replace("NL-11", "'[blink]NL-11'"), "pics.yaml")
    return coverage(pics, analyze([str(logs.folder)], pics=pics).document, sample_sources())


@pytest.mark.parametrize("width", [60, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int, document: CoverageDocument) -> None:
    planned = plan(read_pics(SAMPLES / "perf.yaml"), sample_sources(), wanted_n=5)
    texts = [
        plan_console.render(planned, width=width, colour=False),
        coverage_console.render(document, width=width, colour=False, full=True),
    ]

    assert max(len(line) for text in texts for line in text.splitlines()) <= width
    assert all(ESCAPE not in text for text in texts)


def test_colour_adds_nothing_but_colour(document: CoverageDocument) -> None:
    plain = coverage_console.render(document, width=120, colour=False)
    coloured = coverage_console.render(document, width=120, colour=True)

    assert ESCAPE in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_texts_of_logs_and_pics_are_not_markup(document: CoverageDocument) -> None:
    text = coverage_console.render(document, width=400, colour=False, full=True)

    assert "[blink]NL-11" in text
    assert "1.0[red]" in text
    assert "pics.yaml" in text


def test_every_state_has_its_own_symbol_and_style() -> None:
    assert len({state.symbol for state in CaseState}) == len(CaseState)
    assert set(coverage_console.STYLES) == set(CaseState)


def test_junit_bears_hostile_texts(document: CoverageDocument) -> None:
    assert b"[blink]NL-11" in junit(document)


def test_identity_and_keys_in_the_console_of_analyze(tmp_path: Path) -> None:
    answer = {
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": True, "value": "300"}],
        "unknownKey": ["NL-X"],
    }
    logs = CampaignLogs(tmp_path)
    read = ("out", "GetConfiguration", {"key": ["HeartbeatInterval", "NL-X"]}, answer)
    logs.run("TC_019_CS", exchanges=[boot("1.1"), read])
    document = analyze([str(tmp_path)], pics=load_pics(PICS, "pics.yaml")).document
    short = console.render(document, width=200, colour=False)
    full = console.render(document, width=200, colour=False, full=True)

    assert "DUT      Norrland Laddning NL-11 NL11-0042 1.1 by 1 BootNotification; not as in the PICS: firmware" in short
    assert "keys     1 key, 1 fault; --full lists them" in short
    assert "the PICS states firmware 1.0, and the DUT says that it is 1.1 (A)" in short
    assert re.search(r"HeartbeatInterval +300 +read-only +1 +- ", full)
    assert re.search(r"Keys that the DUT does not know\n +NL-X", full)
    assert "fault: HeartbeatInterval is read-only, and the standard says that it can be set [OCPP 1.6, 9.1.10]" in full
