"""From inputs and a PICS to the result document: reads, adds up, and words what was found."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

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
from perfkit.core.errors import InputError
from perfkit.core.pics.model import Pics, ProductSubtype
from perfkit.core.statistics import summarize
from perfkit.core.version import VERSION
from perfkit_analyzers.campaign import Campaign, RecordSink, SkippedSink
from perfkit_analyzers.dut.configuration import configuration
from perfkit_analyzers.dut.identity import identity
from perfkit_analyzers.dut.payload_times import payload_times
from perfkit_analyzers.dut.remarks import dut_remarks
from perfkit_analyzers.findings import campaign_warnings, describe_run
from perfkit_analyzers.link.join import LinkJoin
from perfkit_analyzers.link.link import Link
from perfkit_analyzers.message import Role
from perfkit_analyzers.parameters.table import PARAMETERS
from perfkit_analyzers.reading import Progress, Reading, read_in_order, read_on_all_processors
from perfkit_analyzers.results import parameter_result, still_to_measure
from perfkit_analyzers.runs import Dut
from perfkit_analyzers.totals import CampaignTotals, Record, RoleTotals

MAX_SKIPPED_SHARE = 0.05
"""Share of skipped lines, among lines that are messages or skipped, above which no result is given."""


class Analysis(msgspec.Struct):
    """The result document, and whether too many lines were skipped for its figures to be trusted."""

    document: AnalysisDocument
    too_many_skipped: bool


def analyze(  # noqa: PLR0913 - the public entry: all but the paths are options by keyword
    paths: Sequence[str],
    *,
    pics: Pics | None = None,
    pics_info: PicsInfo | None = None,
    role: Role | None = None,
    sink: RecordSink | None = None,
    skipped_sink: SkippedSink | None = None,
    stdin: BinaryIO | None = None,
    max_skipped_share: float = MAX_SKIPPED_SHARE,
    progress: Progress | None = None,
    network: Sequence[Path] = (),
) -> Analysis:
    """The result of reading every log below `paths`.

    `role` (an option of the user) wins over the PICS, which wins over the logs. `sink` gets the rows of the
    analysed role in order: at once when the role is known beforehand, else when all is read; `skipped_sink` gets every
    skipped line, of which the document lists the first. `network` are records of the link; the logs are then read
    twice, first for their clocks.

    Raises:
        InputError: an input cannot be read, a named file is no log, or there is no log at all.
    """
    began = time.monotonic()
    pics = pics or Pics()
    known_role = role or (Role(pics.dut.type.value) if pics.dut.type else None)
    sorter = _RecordSorter(known_role, sink)
    link = Link(network, paths, pics.policy) if network else None
    join = link.join if link else None
    dut, rows = _dut(pics, known_role), sorter.take if sink else None
    followed = Campaign(dut, pics.policy, sink=rows, skipped_sink=skipped_sink, link=join)
    read = read_in_order if sink or skipped_sink or link else read_on_all_processors
    reading = read(followed, paths, stdin, progress)
    campaign = followed.totals
    if not reading.inputs:
        raise _no_log(paths, reading)
    chosen = known_role or _commonest_role(campaign)
    sorter.choose(chosen)
    skipped = _skipped(campaign, reading.inputs, max_skipped_share)
    document = _with_dut(_document(campaign, pics, chosen, reading, join), campaign, pics, chosen)
    source = "option" if role else "pics" if known_role else "logs" if chosen else None
    document = msgspec.structs.replace(
        document,
        pics=pics_info,
        skipped=skipped,
        dut=_dut_info(pics, chosen, source, campaign),
        provenance=_provenance(time.monotonic() - began),
    )
    stated = link.stated_in(document, chosen) if link else document
    return Analysis(stated, skipped.share > max_skipped_share)


def _no_log(paths: Sequence[str], reading: Reading) -> InputError:
    count = len(reading.ignored)
    looked = f"{count} file{'s were' if count > 1 else ' was'} looked at" if count else "no file was found"
    named = ", ".join(map(str, paths))
    return InputError(f"{named}: no OCTT log ({looked}); name a log, or a folder or archive with logs")


def _dut(pics: Pics, role: Role | None) -> Dut:
    is_mode_1_2 = pics.dut.product_subtype is ProductSubtype.MODE_1_2_ONLY
    return Dut(role, pics.dut.connectors, is_mode_1_2)


class _RecordSorter:
    """Hands rows on at once when the role is known, else keeps them until it is chosen."""

    def __init__(self, role: Role | None, sink: RecordSink | None) -> None:
        self._role = role
        self._sink = sink
        self._held: list[tuple[Role | None, Record]] = []

    def take(self, role: Role | None, record: Record) -> None:
        if self._role is None:
            self._held.append((role, record))
        elif self._sink is not None:
            self._sink(role, record)

    def choose(self, role: Role | None) -> None:
        if self._sink is not None:
            for held_role, record in self._held:
                if held_role is role:
                    self._sink(held_role, record)
        self._held.clear()


def _commonest_role(campaign: CampaignTotals) -> Role | None:
    """Role of most runs; the charging station in a tie, None when no run tells."""
    return (
        max(Role, key=lambda r: campaign.by_role[r].runs)
        if len(campaign.by_role) > 1
        else next(iter(campaign.by_role), None)
    )


def _skipped(campaign: CampaignTotals, inputs: Iterable[InputInfo], threshold: float) -> SkippedInfo:
    count = sum(info.skipped for info in inputs)
    candidates = count + sum(info.messages for info in inputs)
    lines = [SkippedLine(file, s.line, s.reason, s.text) for file, s in campaign.skipped]
    return SkippedInfo(count, count / candidates if candidates else 0.0, threshold, dict(campaign.skip_reasons), lines)


def _document(
    campaign: CampaignTotals, pics: Pics, role: Role | None, reading: Reading, join: LinkJoin | None
) -> AnalysisDocument:
    totals = campaign.by_role.get(role, RoleTotals()) if role else RoleTotals()
    parameters = [parameter_result(parameter, role, totals, pics, join) for parameter in PARAMETERS]
    by_analogy = any(version.startswith("2") for version in campaign.ocpp_versions)
    return AnalysisDocument(
        schema=SCHEMA,
        tool=ToolInfo("perfkit", VERSION),
        provenance=_provenance(0.0),
        method="docs/method.md",
        basis="by analogy" if by_analogy else "OCPP 1.6",
        dut=_dut_info(pics, role, None, campaign),
        pics=None,
        policy=_policy(pics),
        inputs=reading.inputs,
        ignored_inputs=reading.ignored,
        runs=[describe_run(run, role) for run in campaign.runs],
        parameters=parameters,
        still_to_measure=still_to_measure(parameters, PARAMETERS, by_analogy=by_analogy),
        tool_time=_tool_time(totals),
        skipped=_skipped(campaign, reading.inputs, MAX_SKIPPED_SHARE),
        warnings=campaign_warnings(campaign, role, parameters, pics),
        complete=role is not None and all(p.outcome != "not_measured" for p in parameters),
    )


def _with_dut(document: AnalysisDocument, campaign: CampaignTotals, pics: Pics, role: Role | None) -> AnalysisDocument:
    """The document with what the logs tell of the DUT itself."""
    who = identity(campaign.runs, role, pics)
    keys = configuration(campaign.runs, role, pics)
    times = payload_times(campaign.runs, role)
    return msgspec.structs.replace(
        document,
        configuration=keys,
        identity=who,
        payload_times=times,
        warnings=[*document.warnings, *dut_remarks(who, keys, times, pics)],
    )


def _policy(pics: Pics) -> PolicyInfo:
    differences = [PolicyDifference(d.switch, d.value, d.default) for d in pics.policy.differences()]
    return PolicyInfo(pics.policy.as_written(), differences)


def _tool_time(totals: RoleTotals) -> ToolTime:
    summary = summarize(totals.tool_times.counts())
    return ToolTime(summary.count, summary.median_s, summary.p95_s, summary.max_s)


def _dut_info(pics: Pics, role: Role | None, source: str | None, campaign: CampaignTotals) -> DutInfo:
    dut = pics.dut
    technology = pics.communication.technology
    return DutInfo(
        type=role.value if role else None,
        type_source=source,
        product_subtype=dut.product_subtype.value,
        vendor=dut.vendor,
        model=dut.model,
        serial=dut.serial,
        firmware=dut.firmware,
        milliseconds=dut.milliseconds,
        communication_technology=technology.value if technology else None,
        ocpp_versions=sorted(campaign.ocpp_versions),
    )


def _provenance(seconds: float) -> Provenance:
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        host=platform.node(),
        platform=platform.platform(),
        python=platform.python_version(),
        seconds=round(seconds, 3),
    )
