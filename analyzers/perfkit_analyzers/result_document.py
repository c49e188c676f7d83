"""The result document in the words of its schema, from what was read and added up."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from perfkit.core.analysis_record import (
    SCHEMA,
    AnalysisDocument,
    DutInfo,
    InputInfo,
    PicsInfo,
    PolicyDifference,
    PolicyInfo,
    Provenance,
    SkippedInfo,
    SkippedLine,
    ToolInfo,
    ToolTime,
)
from perfkit.core.pics.model import Pics
from perfkit.core.statistics import summarize
from perfkit.core.version import VERSION
from perfkit_analyzers.dut.configuration import configuration
from perfkit_analyzers.dut.identity import identity
from perfkit_analyzers.dut.payload_times import payload_times
from perfkit_analyzers.dut.remarks import dut_remarks
from perfkit_analyzers.findings import campaign_warnings, describe_run
from perfkit_analyzers.link.join import LinkJoin
from perfkit_analyzers.message import Role
from perfkit_analyzers.parameters.table import PARAMETERS
from perfkit_analyzers.reading import Reading
from perfkit_analyzers.results import parameter_result, still_to_measure
from perfkit_analyzers.totals import CampaignTotals, RoleTotals


class Asked(msgspec.Struct, frozen=True):
    """What the document is to tell of: a DUT of `role`, None where nothing tells it; `role_source` as in `DutInfo`."""

    pics: Pics
    pics_info: PicsInfo | None
    role: Role | None
    role_source: str | None
    max_skipped_share: float


def result_document(
    campaign: CampaignTotals, reading: Reading, asked: Asked, join: LinkJoin | None, began_s: float
) -> AnalysisDocument:
    """The result of a campaign that was read, beside the link if it was joined; `began_s` by the monotonic clock."""
    pics, role = asked.pics, asked.role
    totals = campaign.by_role.get(role, RoleTotals()) if role else RoleTotals()
    parameters = [parameter_result(parameter, role, totals, pics, join) for parameter in PARAMETERS]
    by_analogy = any(version.startswith("2") for version in campaign.ocpp_versions)
    who, keys = identity(campaign.runs, role, pics), configuration(campaign.runs, role, pics)
    times = payload_times(campaign.runs, role)
    return AnalysisDocument(
        schema=SCHEMA,
        tool=ToolInfo("perfkit", VERSION),
        method="docs/method.md",
        basis="by analogy" if by_analogy else "OCPP 1.6",
        dut=_dut(asked, campaign.ocpp_versions),
        pics=asked.pics_info,
        policy=_policy(pics),
        inputs=reading.inputs,
        ignored_inputs=reading.ignored,
        runs=[describe_run(run, role) for run in campaign.runs],
        parameters=parameters,
        still_to_measure=still_to_measure(parameters, PARAMETERS, by_analogy=by_analogy),
        tool_time=_tool_time(totals),
        skipped=_skipped(campaign, reading.inputs, asked.max_skipped_share),
        warnings=[*campaign_warnings(campaign, role, parameters, pics), *dut_remarks(who, keys, times, pics)],
        complete=role is not None and all(p.outcome != "not_measured" for p in parameters),
        configuration=keys,
        identity=who,
        payload_times=times,
        provenance=_provenance(time.monotonic() - began_s),
    )


def _skipped(campaign: CampaignTotals, inputs: Iterable[InputInfo], threshold: float) -> SkippedInfo:
    count = sum(info.skipped for info in inputs)
    candidates = count + sum(info.messages for info in inputs)
    lines = [SkippedLine(file, s.line, s.reason, s.text) for file, s in campaign.skipped]
    return SkippedInfo(count, count / candidates if candidates else 0.0, threshold, dict(campaign.skip_reasons), lines)


def _policy(pics: Pics) -> PolicyInfo:
    differences = [PolicyDifference(d.switch, d.value, d.default) for d in pics.policy.differences()]
    return PolicyInfo(pics.policy.as_written(), differences)


def _tool_time(totals: RoleTotals) -> ToolTime:
    summary = summarize(totals.tool_times.counts())
    return ToolTime(summary.count, summary.median_s, summary.p95_s, summary.max_s)


def _dut(asked: Asked, ocpp_versions: Iterable[str]) -> DutInfo:
    dut, technology = asked.pics.dut, asked.pics.communication.technology
    return DutInfo(
        type=asked.role.value if asked.role else None,
        type_source=asked.role_source,
        product_subtype=dut.product_subtype.value,
        vendor=dut.vendor,
        model=dut.model,
        serial=dut.serial,
        firmware=dut.firmware,
        milliseconds=dut.milliseconds,
        communication_technology=technology.value if technology else None,
        ocpp_versions=sorted(ocpp_versions),
    )


def _provenance(seconds: float) -> Provenance:
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        host=platform.node(),
        platform=platform.platform(),
        python=platform.python_version(),
        seconds=round(seconds, 3),
    )
