"""The page of the configuration keys."""

from __future__ import annotations

from pathlib import Path

from perfkit.report.content.configuration import configuration_section
from perfkit.report.content.model import Paragraph, Table
from perfkit_analyzers.assess import analyze
from tests.campaign_logs import CampaignLogs, Exchanged, status


def test_keys_that_the_station_does_not_know_stand_apart(tmp_path: Path) -> None:
    known = {"key": "NL-Mode", "readonly": False, "value": "eco"}
    read: Exchanged = ("out", "GetConfiguration", {}, {"configurationKey": [known], "unknownKey": []})
    change: Exchanged = ("out", "ChangeConfiguration", {"key": "NL-None", "value": "1"}, {"status": "NotSupported"})
    CampaignLogs(tmp_path).run("TC_040_1_CS", exchanges=[status(), read, change])
    section = configuration_section(analyze([str(tmp_path)]).document)
    assert section is not None
    told = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    (vendor,) = (one for one in section.blocks if isinstance(one, Table) and one.key == "configuration-vendor-keys")

    assert "Keys that the DUT does not know: NL-None." in told
    assert [row[0].text for row in vendor.rows] == ["NL-Mode"]
