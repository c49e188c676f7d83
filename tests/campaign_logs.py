"""Logs of a small campaign with known gaps, written run by run; every identity in them is invented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

RULE = "-" * 106
PICS = """\
schema: perfkit.pics/1
dut:
  type: charging_station
  vendor: Norrland Laddning
  model: NL-11
  serial: NL11-0042
  firmware: "1.0"
  fixed_cable: no
  milliseconds: yes
features: {C-02: no, C-04: no, C-06: both, C-07: yes, C-08: yes, power_failure_stop: after}
profiles:
  certificate: subset
  core: yes
  firmware_management: no
  smart_charging: no
  reservation: no
  local_auth_list_management: no
  remote_trigger: yes
"""


def boot(firmware: str, **other: str) -> tuple[str, str, object, object]:
    """A BootNotification of the station, and the tool's answer."""
    said = {"vendor": "Norrland Laddning", "model": "NL-11", "serial": "NL11-0042", **other}
    request = {
        "chargePointVendor": said["vendor"],
        "chargePointModel": said["model"],
        "chargePointSerialNumber": said["serial"],
        "firmwareVersion": firmware,
    }
    return (
        "in",
        "BootNotification",
        request,
        {"status": "Accepted", "currentTime": "2026-05-04T08:00:00Z", "interval": 300},
    )


def status(time: str = "2026-05-04T08:00:00.125Z") -> tuple[str, str, object, object]:
    """A StatusNotification of the station."""
    payload = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": time}
    return "in", "StatusNotification", payload, {}


Exchanged = tuple[str, str, object, object]


@dataclass
class CampaignLogs:
    """Writes one file per run into `folder`; each run begins ten minutes after the one before.

    The names are such that the order of the files is not that of time.
    """

    folder: Path
    now: datetime = datetime(2026, 5, 4, 8, 0, 0, tzinfo=UTC)
    files: list[Path] = field(default_factory=list)

    def run(
        self,
        test_case: str,
        verdict: str | None = "PASS",
        exchanges: Sequence[Exchanged] = (),
        *,
        build: str = "Release_2025-10_v1",
        configuration: str = "nl11",
        version: str = "1.6",
    ) -> Path:
        """Write a run; the path of its file."""
        self.now += timedelta(minutes=10)
        lines = [
            f"Test Case Name : {test_case} ",
            "Test Case Description : invented ",
            f"Test Start Time : {self.now:%d-%m-%Y %H:%M:%S} ",
            f"Test End Time : {self.now + timedelta(seconds=len(exchanges) + 1):%d-%m-%Y %H:%M:%S} ",
            "System Under Test (SUT) : CS ",
            f"OCPP Version : OCPP {version}",
            f"Build Number : {build}",
            f"Configuration : {configuration}(00ff00ff00ff00ff00ff00ff00ff00ff) ",
            RULE,
            f"[{self.now:%H:%M:%S}.000] [started_testcase]  Core_CS - {test_case}-invented",
        ]
        for number, (direction, action, request, answer) in enumerate(exchanges, 1):
            at = f"{self.now + timedelta(seconds=number):%H:%M:%S}"
            back = "out" if direction == "in" else "in"
            called = json.dumps([2, f"m{number}", action, request])
            lines += [
                f"[{at}.100] [msg-{direction}]  {called}",
                f"[{at}.150] [msg-{back}]  {json.dumps([3, f'm{number}', answer])}",
            ]
        lines.append(f"[{self.now + timedelta(seconds=len(exchanges) + 1):%H:%M:%S}.200] [stopped_testcase]  ")
        if verdict is not None:
            lines += ["", "", f"Test case result : {verdict}"]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{99 - len(self.files):02}_{test_case}.log"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.files.append(path)
        return path
