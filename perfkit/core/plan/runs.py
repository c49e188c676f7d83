"""The runs of a campaign in the order in which they were made, each with the firmware of the DUT at that time."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.analysis_record import AnalysisDocument, RunInfo
from perfkit.core.configuration_record import IdentityChange, LogPlace
from perfkit.core.coverage_record import CaseRun
from perfkit.core.plan.case_ids import base_id
from perfkit.core.plan.table import RESET_TEST


@dataclass(frozen=True, slots=True)
class CampaignRun:
    """A run of the DUT. `test_case` is the plain id, None if the log names none; `epoch` counts changes of the DUT."""

    info: RunInfo
    test_case: str | None
    firmware: str | None
    epoch: int

    @property
    def place(self) -> LogPlace:
        """Where the run begins."""
        return LogPlace(self.info.file, self.info.first_line, self.info.test_case)

    @property
    def is_reset(self) -> bool:
        """True for the utility test case between two others."""
        return self.test_case == RESET_TEST

    def record(self, last_epoch: int) -> CaseRun:
        """The run as the coverage document has it; it counts if the DUT was not changed after it."""
        return CaseRun(
            verdict=self.info.verdict,
            start=self.info.start,
            firmware=self.firmware,
            build=self.info.build,
            configuration=self.info.configuration,
            counts=self.epoch == last_epoch,
            place=self.place,
        )


def campaign_runs(document: AnalysisDocument) -> tuple[list[CampaignRun], bool]:
    """Runs of the DUT by their start, and True; in the order of the files, and False, if a run has no date."""
    infos = [run for run in document.runs if run.left_out is None and run.role in (None, document.dut.type)]
    in_time_order = all(_moment(run) and run.date_source is not None for run in infos)
    if in_time_order:
        infos.sort(key=_moment)
    identity = document.identity
    firmware = next((seen.firmware for seen in identity.seen if seen.firmware and not seen.in_firmware_test), None)
    epoch, runs = 0, []
    for info in infos:
        for change in identity.changes:
            if _is_in(info, change):
                epoch += change.full_retest
                firmware = change.after if change.field == "firmware" and change.full_retest else firmware
        runs.append(CampaignRun(info, base_id(info.test_case) if info.test_case else None, firmware, epoch))
    return runs, in_time_order


def _moment(run: RunInfo) -> str:
    """When the run was made; a run without messages has only an end. Empty if the log does not tell."""
    return run.start or run.end or ""


def _is_in(run: RunInfo, change: IdentityChange) -> bool:
    return run.file == change.place.file and run.first_line <= change.place.line <= run.last_line
