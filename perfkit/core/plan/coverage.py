"""The plan of a campaign joined with what the logs hold: pure, from the two documents and the PICS."""

from __future__ import annotations

from collections import Counter

import msgspec

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.coverage_record import SCHEMA, CoverageDocument, ResetRuns
from perfkit.core.errors import UsageError
from perfkit.core.pics.model import DutType, Pics
from perfkit.core.plan.case_states import covered, unknown_runs
from perfkit.core.plan.changes import changes_of, reset_runs
from perfkit.core.plan.criteria import conformance, performance
from perfkit.core.plan.findings import findings
from perfkit.core.plan.planning import plan
from perfkit.core.plan.runs import CampaignRun, campaign_runs
from perfkit.core.plan.samples import SampleSource
from perfkit.core.plan_record import PROCEDURE
from perfkit.core.version import VERSION


def coverage(pics: Pics, document: AnalysisDocument, sources: tuple[SampleSource, ...] = ()) -> CoverageDocument:
    """What the logs behind `document` cover of the plan that the PICS asks for.

    Raises:
        UsageError: neither the PICS nor the logs tell what the DUT is.
    """
    planned = plan(_with_type(pics, document), sources)
    runs, in_time_order = campaign_runs(document)
    last_epoch = runs[-1].epoch if runs else 0
    by_case: dict[str | None, list[CampaignRun]] = {}
    for run in runs:
        by_case.setdefault(run.test_case, []).append(run)
    cases = [
        covered(case, [run.record(last_epoch) for run in by_case.get(case.test_case, [])]) for case in planned.cases
    ]
    criteria = [conformance(cases), performance(document, cases)]
    resets = reset_runs(runs) if planned.dut_type == DutType.CHARGING_STATION else ResetRuns(False, 0, 0, [])
    return CoverageDocument(
        schema=SCHEMA,
        perfkit=VERSION,
        procedure=PROCEDURE,
        pics=pics.source,
        dut_type=planned.dut_type,
        dut=planned.dut,
        certificates=planned.certificates,
        runs=len(runs),
        other_runs=len(document.runs) - len(runs),
        in_time_order=in_time_order,
        cases=cases,
        counts=dict(Counter(case.state.value for case in cases)),
        unknown_runs=list(unknown_runs(runs, planned.cases, planned.dut_type)),
        changes=changes_of(document.identity, runs),
        resets=resets,
        criteria=criteria,
        findings=list(findings(pics, document, planned, resets, in_time_order=in_time_order)),
        identity=document.identity,
        complete=all(criterion.met for criterion in criteria),
    )


def _with_type(pics: Pics, document: AnalysisDocument) -> Pics:
    """The PICS with the type that the logs tell, if it states none."""
    if pics.dut.type is not None:
        return pics
    if document.dut.type is None:
        raise UsageError("nothing tells whether the DUT is a charging station or a CSMS; state dut.type in the PICS")
    return msgspec.structs.replace(pics, dut=msgspec.structs.replace(pics.dut, type=DutType(document.dut.type)))
