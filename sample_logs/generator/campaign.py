"""The campaign: which run at which time, in which layout, in which file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from generator import legacy, monitor
from generator import scenario_core as core
from generator import scenario_csms as csms
from generator import scenario_offline as offline
from generator import scenario_reservation as reservation
from generator.ledger import Row, expected, to_json
from generator.octt import Heading, Variant, utc
from generator.station import StationRun
from generator.tool import Run

AnyRun = TypeVar("AnyRun", bound=Run)
Start = tuple[int, str]


@dataclass(frozen=True)
class Case(Generic[AnyRun]):
    """One run, the kind of tool that logs it, and the file it goes into (None: named as OCTT names it)."""

    heading: Heading
    kind: type[AnyRun]
    scenario: Callable[[AnyRun], None]
    file: str | None = None

    def play(self) -> Run:
        """The run, complete and checked."""
        run = self.kind(self.heading)
        self.scenario(run)
        run.check()
        return run


COLON, DOT, DATED = Variant.COLON, Variant.DOT, Variant.DATED
JOINED = "hd22_duo_TC_052_TC_053_joined.log"


def case(
    number: str,
    title: str,
    start: Start,
    scenario: Callable[[StationRun], None],
    *,
    file: str | None = None,
    **options: Any,
) -> Case[StationRun]:
    """A run of the station; options are those of Heading."""
    return Case(Heading(f"TC_{number}_CS", title, utc(*start), "CS", **options), StationRun, scenario, file)


def cloud(number: str, title: str, start: Start, scenario: Callable[[Run], None], **options: Any) -> Case[Run]:
    """A run of the CSMS; options are those of Heading."""
    return Case(Heading(f"TC_{number}_CSMS", title, utc(*start), "CSMS", **options), Run, scenario)


STATION = (
    case("001", "Cold Boot Charge Point", (8, "05:21:14.302"), core.tc_001, header_hours=2),
    case("002", "Cold Boot Charge Point - Pending", (8, "05:28:40.118"), core.tc_002, header_hours=2),
    case("005_3", "EV Side Disconnected", (8, "06:02:11.660"), core.tc_005_3, header_hours=2),
    case("007", "Regular Start Charging Session - Cached Id", (8, "06:21:37.904"), core.tc_007, header_hours=2),
    case("010", "Remote Start Charging Session - Cable Plugged in First", (8, "06:40:02.215"), core.tc_010,
         variant=DOT),
    case("011_1", "Remote Start Charging Session - Remote Start First", (8, "07:05:55.481"), core.tc_011_1,
         variant=DOT),
    case("011_2", "Remote Start Charging Session - Time Out", (8, "07:16:20.737"), core.tc_011_2, variant=DOT),
    case("012", "Remote Stop Charging Session", (8, "07:33:48.090"), core.tc_012, variant=DATED, header_hours=2),
    case("013", "Hard Reset Without transaction", (8, "08:10:09.555"), core.tc_013, header_hours=2),
    case("014", "Soft Reset Without Transaction", (8, "08:19:31.842"), core.tc_014, header_hours=2),
    case("021", "Change/set Configuration", (9, "06:11:05.377"), core.tc_021, variant=DOT),
    case("024", "Start Charging Session - Lock Failure", (9, "06:24:18.706"), core.tc_024, variant=DOT),
    case("026", "Remote Start Charging Session - Rejected", (9, "06:37:52.149"), core.tc_026, variant=DATED),
    case("028", "Remote Stop Transaction - Rejected", (9, "06:51:26.932"), core.tc_028, variant=DATED, header_hours=2),
    case("034", "Power Failure with Unavailable Status", (9, "07:20:44.268"), offline.tc_034),
    case("036", "Connection Loss During Transaction", (9, "07:42:30.611"), offline.tc_036),
    case("037_1", "Offline Start Transaction - Valid IdTag", (9, "08:03:17.054"), offline.tc_037_1, variant=DOT),
    case("039", "Offline Transaction", (9, "08:30:59.483"), offline.tc_039, variant=DOT),
    case("040_2", "Configuration Keys - Invalid value", (9, "22:41:12.826"), offline.tc_040_2, header_hours=2,
         verdict=None),
    case("042_1", "Get Local List Version (not supported)", (10, "06:05:40.170"), offline.tc_042_1, variant=DATED,
         has_header=False),
    case("045_1", "Get Diagnostics", (10, "06:15:27.539"), offline.tc_045_1, block="Firmware Management"),
    case("046_2", "Reservation of a Connector - Remote start transaction", (10, "07:01:33.298"), reservation.tc_046_2,
         block="Reservation", header_hours=2),
    case("047", "Reservation of a Connector - Expire", (10, "07:19:08.751"), reservation.tc_047, block="Reservation"),
    case("048_3", "Reservation of a Connector - Unavailable", (10, "07:40:14.086"), reservation.tc_048_3,
         block="Reservation",
         variant=DOT),
    case("049", "Reservation of a Charge Point - Transaction", (10, "08:02:50.412"), reservation.tc_049_failed,
         block="Reservation", variant=DOT, verdict="FAIL"),
    case("049", "Reservation of a Charge Point - Transaction", (10, "08:31:06.977"), reservation.tc_049,
         block="Reservation",
         variant=DOT),
    case("071", "Clock-aligned Meter Values", (10, "23:59:40.000"), offline.tc_071),
    case("051", "Cancel Reservation", (11, "06:09:21.634"), reservation.tc_051, block="Reservation", header_hours=2),
    case("052", "Cancel Reservation - Rejected", (11, "06:22:45.189"), reservation.tc_052, block="Reservation",
         file=JOINED),
    case("053", "Use a reserved Connector with parentIdTag", (11, "06:35:13.820"), reservation.tc_053,
         block="Reservation",
         file=JOINED),
    case("054", "Trigger Message", (11, "07:02:58.365"), reservation.tc_054, block="RemoteTrigger", variant=DOT),
    case("057", "Central Smart Charging - TxProfile", (11, "07:31:24.708"), offline.tc_057, block="SmartCharging",
         header_hours=2),
    case("059", "Remote Start Transaction with Charging Profile", (12, "06:44:39.253"), offline.tc_059,
         block="SmartCharging",
         variant=DATED, header_hours=2, file="saved_again_TC_059.log.txt"),
)  # fmt: skip

CSMS = (
    cloud("003", "Regular Charging Session - Plugin First", (15, "07:11:20.451"), csms.tc_003),
    cloud("010", "Remote Start Charging Session - Cable Plugged in First", (15, "07:26:03.918"), csms.tc_010,
         header_hours=2),
    cloud("012", "Remote Stop Charging Session", (15, "07:40:51.276"), csms.tc_012, variant=DOT),
    cloud("023_1", "Start Charging Session - Authorize invalid", (15, "08:02:17.633"), csms.tc_023_1, variant=DOT),
    cloud("023_2", "Start Charging Session - Authorize expired", (15, "08:05:44.080"), csms.tc_023_2, variant=DOT),
    cloud("023_3", "Start Charging Session - Authorize blocked", (15, "08:09:12.527"), csms.tc_023_3, variant=DATED),
    cloud("064", "Data Transfer to a Central System", (15, "08:20:36.194"), csms.tc_064),
)  # fmt: skip


OLD = (Case(legacy.HEADING, legacy.LegacyRun, legacy.play, "TC_CS_V16_003_REGULAR.log"),)


def write(target: Path) -> None:
    """Write the campaigns, the record of the monitor and expected.json below `target`."""
    document = {
        "charging_station": _write(STATION, target / "charging_station"),
        "csms": _write(CSMS, target / "csms"),
        "legacy": _write(OLD, target / "legacy"),
    }
    monitor.write(target)
    (target / "expected.json").write_text(to_json(document) + "\n", encoding="utf-8", newline="\n")


def _write(cases: Sequence[Case[AnyRun]], folder: Path) -> dict[str, object]:
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    texts: dict[str, list[str]] = {}
    broken: list[dict[str, object]] = []
    runs = [(item.play(), item.file or item.heading.file_name()) for item in cases]
    for run, file in runs:
        text = texts.setdefault(file, [])
        text.extend(run.log.render(len(text) + 1))
        run.ledger.settle(run.heading.test_case, file, run.heading.verdict)
        rows += run.ledger.rows
        broken += [{"file": file, "line": line.number} for line in run.broken]
    for file, lines in texts.items():
        (folder / file).write_text("\n".join(lines), encoding="utf-8", newline="\n")
    parameters = expected(runs[0][0].role, rows)
    return {"runs": len(runs), "files": sorted(texts), "skipped": broken, "parameters": parameters}
