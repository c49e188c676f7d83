"""JUnit of a coverage: a failure that Appendix C wants is none."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from perfkit.core.pics.load import load_pics
from perfkit.core.plan.coverage import coverage
from perfkit.report.coverage_junit import render
from perfkit_analyzers.assess import analyze
from tests.campaign_logs import PICS, CampaignLogs, status


@pytest.mark.parametrize(("security", "failures"), [("profile_2: yes", "0"), ("certificate: no", "1")])
def test_a_test_case_that_should_fail(tmp_path: Path, security: str, failures: str) -> None:
    logs = CampaignLogs(tmp_path)
    logs.run("TC_044_1_CS", "FAIL", [status()])
    supported = PICS.replace("firmware_management: no", "firmware_management: yes")
    pics = load_pics(f"{supported}security: {{{security}}}\n", "pics.yaml")
    suite = ET.fromstring(render(coverage(pics, analyze([str(tmp_path)], pics=pics).document)))[0]  # noqa: S314 - own
    (case,) = (one for one in suite.iter("testcase") if one.get("name") == "TC_044_1")

    assert suite.get("tests") == "97"
    assert (suite.get("failures"), len(case.findall("failure"))) == (failures, int(failures))
