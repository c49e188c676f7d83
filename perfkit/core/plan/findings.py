"""What contradicts the PICS or the procedure in what the logs hold, beside the verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.configuration_record import PayloadTimes, Severity
from perfkit.core.coverage_record import CoverageFinding, ResetRuns
from perfkit.core.pics.model import DutType, Pics
from perfkit.core.plan.case_states import DUT_WORDS
from perfkit.core.plan.runs import campaign_runs
from perfkit.core.plan.suggestions import suggested
from perfkit.core.plan_record import PlanDocument

MILLISECONDS_CLAUSE = "A, Support for milliseconds in OCPP messages"
OFFICIAL_BASIS = "OCPP 1.6"
FAULT, NOTE = Severity.FAULT, Severity.NOTE


def findings(
    pics: Pics, document: AnalysisDocument, planned: PlanDocument, resets: ResetRuns, *, in_time_order: bool
) -> Iterator[CoverageFinding]:
    """Identity, milliseconds and configuration against the PICS, then what the logs leave open."""
    for compared in document.identity.comparisons:
        if compared.agrees is False:
            message = f"the PICS states {compared.field} {compared.stated}, and the DUT says {', '.join(compared.seen)}"
            yield CoverageFinding(FAULT, message, "A, General information about DUT", None)
    times = document.payload_times
    if (sentence := milliseconds_remark(times, claimed=pics.dut.milliseconds)) is not None:
        yield CoverageFinding(FAULT, sentence, MILLISECONDS_CLAUSE, times.first_without)
    for finding in document.configuration.findings:
        yield CoverageFinding(finding.severity, finding.message, finding.clause, finding.place)
    yield from _open(document, planned, resets, in_time_order=in_time_order)


def _open(
    document: AnalysisDocument, planned: PlanDocument, resets: ResetRuns, *, in_time_order: bool
) -> Iterator[CoverageFinding]:
    if document.runs and not campaign_runs(document)[0]:
        message = f"no run in the logs is of {DUT_WORDS[planned.dut_type]}, which the PICS says that the DUT is"
        yield CoverageFinding(FAULT, message, "7.3, Preparation 3", None)
    if planned.missing_keys:
        message = f"state {', '.join(planned.missing_keys)} in the PICS, so that every test case can be decided"
        hints = suggested(document.configuration, planned.missing_keys)
        told = "; ".join(f"{key}: {answer}" for key, answer in hints.items())
        message = f"{message}; the logs suggest {told}" if told else message
        yield CoverageFinding(NOTE, message, "7.3, Preparation 4", None)
    is_station = planned.dut_type == DutType.CHARGING_STATION
    is_1_6 = document.basis == OFFICIAL_BASIS
    if is_station and is_1_6 and document.configuration.complete_read is None:
        message = "all configuration keys were never read at once, which TC_019 does"
        yield CoverageFinding(FAULT, message, "4.2; 7.3, Preparation 7", None)
    if is_station and not resets.logged and document.runs:
        message = "the logs hold no run of 000_RESET, so they do not show that it passed between the test cases"
        yield CoverageFinding(NOTE, message, "7.2.2", None)
    if not in_time_order:
        message = "a run has no date; the runs are taken in the order of the files"
        yield CoverageFinding(NOTE, message, "5.5", None)


def milliseconds_remark(times: PayloadTimes, *, claimed: bool | None) -> str | None:
    """Where what the PICS says of milliseconds is not what the messages show; None if it is, or nothing tells."""
    if not times.count:
        return None
    if claimed is True and not times.with_fraction:
        return f"the PICS claims milliseconds, and none of {times.count} time stamps of the DUT has them"
    if claimed is False and times.with_fraction:
        return (
            f"the PICS says that the DUT sends no milliseconds, and {times.with_fraction} of {times.count} time stamps "
            "have them"
        )
    return None
