"""The page of the coverage: what changed, what ran, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.core.coverage_record import CoverageDocument
from perfkit.core.pics.load import load_pics
from perfkit.core.plan.coverage import coverage
from perfkit.report.content.coverage import coverage_section
from perfkit.report.content.model import Facts, Notice, Table
from perfkit.report.inputs import Read
from perfkit_analyzers.assess import analyze
from tests.campaign_logs import PICS, CampaignLogs, boot, status


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    logs = CampaignLogs(tmp_path_factory.mktemp("campaign") / "logs")
    logs.run("000_RESET_CS")
    logs.run("TC_001_CS", exchanges=[boot("1.0"), status()])
    logs.run("TC_002_CS", "FAIL", [boot("1.1")])
    logs.run("TC_002_CS", exchanges=[status()], build="Release_2026-02_v1")
    logs.run("TC_0010_CS", exchanges=[status()])
    logs.run("TC_056_CS", exchanges=[status()])
    pics = load_pics(PICS, "pics.yaml")
    document: CoverageDocument = coverage(pics, analyze([str(logs.folder)], pics=pics).document)
    section = coverage_section(Read("coverage", Path("coverage.json"), b"", document))
    assert section is not None
    return section.blocks


def notice(blocks: tuple[object, ...], title: str) -> tuple[str, ...]:
    (found,) = (block for block in blocks if isinstance(block, Notice) and block.title == title)
    return found.sentences


def test_changes_say_where_and_name_their_clause_once(blocks: tuple[object, ...]) -> None:
    firmware, build = notice(blocks, "Changes and findings")[:2]

    assert firmware.startswith("ALARM: firmware changed from 1.0 to 1.1 in TC_002_CS (")
    assert firmware.count("(5.5)") == 1
    assert build.startswith("build of the tool changed from Release_2025-10_v1 to Release_2026-02_v1 in TC_002_CS (")


def test_the_resets_between_the_test_cases(blocks: tuple[object, ...]) -> None:
    facts = blocks[0]
    assert isinstance(facts, Facts)
    (told,) = (fact for fact in facts.items if "000_RESET" in str(fact))

    assert "1 run, 1 passed; none passed before TC_002_CS (" in str(told)


def test_runs_that_are_none_of_the_plan(blocks: tuple[object, ...]) -> None:
    (other,) = notice(blocks, "Runs of other test cases")

    assert other.startswith("TC_0010_CS PASS, not in Appendix C; nearest is TC_010 (")


def test_every_test_case_has_its_verdicts_in_order(blocks: tuple[object, ...]) -> None:
    (table,) = (block for block in blocks if isinstance(block, Table) and block.key == "coverage")
    texts = [[cell.text for cell in row] for row in table.rows]
    by_case = {row[0]: row[3:] for row in texts}

    assert by_case["TC_001"][:2] == ["to repeat", "[PASS]"]
    assert by_case["TC_002"][:2] == ["passed", "FAIL PASS"]
    assert by_case["TC_003"][:2] == ["missing", "-"]
    assert by_case["TC_056"][:2] == ["not applicable, but run", "PASS"]
    assert by_case["TC_056"][2].startswith("Applies only if the profile Smart Charging is supported")
