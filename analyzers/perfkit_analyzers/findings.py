"""What a reader of a result must be told: each run in a few words, and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from perfkit.core.analysis_record import AnomalyInfo, Outcome, ParameterResult, RunInfo
from perfkit.core.pics.model import Pics
from perfkit.core.uncertainty import too_coarse
from perfkit_analyzers.message import Role
from perfkit_analyzers.results import ROLE_WORDS
from perfkit_analyzers.runs import Anomalies, AnomalyKind
from perfkit_analyzers.totals import CampaignTotals, RunSummary

_TWO_DIGITS = tuple(f"{number:02}" for number in range(60))

_ANOMALIES = {
    AnomalyKind.ORPHAN: "answer to no open CALL (P4)",
    AnomalyKind.RETRY: "transaction message sent again; the first arrival counts (Q)",
    AnomalyKind.ROLE: "message that a DUT of the run's role neither sends nor gets; the run is left out",
    AnomalyKind.PAYLOAD: "payload of another shape than the standard's; the message counts only as a message",
}


def describe_run(run: RunSummary, role: Role | None) -> RunInfo:
    """A run as the result document lists it; runs of another role than `role` are left out."""
    result, started, ended = run.result, run.result.started, run.result.ended
    dated = started.date_source is not None
    return RunInfo(
        file=run.file,
        first_line=started.line,
        last_line=ended.line,
        test_case=started.test_case,
        title=started.title,
        verdict=ended.verdict,
        role=result.role.value if result.role else None,
        role_source=result.role_source,
        left_out=_why_left_out(run, role),
        ocpp_version=result.ocpp_version,
        build=started.build,
        configuration=started.configuration,
        profiles=list(started.profiles),
        start=log_time(result.first_stamp_ns, dated=dated),
        end=log_time(result.last_stamp_ns, dated=dated),
        date_source=started.date_source,
        utc_offset_s=started.utc_offset_s,
        resolution_s=result.resolution_ns / 1e9,
        messages=result.messages,
        prompts=run.prompts,
        phases=list(run.phases),
        clock_steps=run.clock_steps,
        anomalies=_anomalies(result.anomalies) if result.anomalies.counts else [],
        notes=list(result.notes),
        prompt_times=_times(run.prompt_stamps_ns, dated=dated) if run.prompt_stamps_ns else [],
    )


def _anomalies(anomalies: Anomalies) -> list[AnomalyInfo]:
    return [
        AnomalyInfo(kind.value, _ANOMALIES[kind], count, anomalies.lines[kind])
        for kind, count in sorted(anomalies.counts.items())
    ]


def _times(stamps_ns: Iterable[int], *, dated: bool) -> list[str]:
    return [time for stamp_ns in stamps_ns if (time := log_time(stamp_ns, dated=dated)) is not None]


def _why_left_out(run: RunSummary, role: Role | None) -> str | None:
    result = run.result
    is_other = result.left_out is None and result.role is not role and result.messages
    return "role_mismatch" if is_other else result.left_out


def log_time(stamp_ns: int | None, *, dated: bool) -> str | None:
    """Time on the log's own clock, ISO 8601 to the millisecond, no zone; time of day alone when no date is known."""
    if stamp_ns is None:
        return None
    seconds, ms = divmod(stamp_ns // 1_000_000, 1000)
    day, second = divmod(seconds, 86_400)
    clock = f"{_TWO_DIGITS[second // 3600]}:{_TWO_DIGITS[second // 60 % 60]}:{_TWO_DIGITS[second % 60]}.{ms:03}"
    return f"{_date(day)}T{clock}" if dated else clock


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """The date so many days after 1970-01-01; run after run has the same."""
    return (date(1970, 1, 1) + timedelta(day)).isoformat()


def campaign_warnings(
    campaign: CampaignTotals, role: Role | None, results: Iterable[ParameterResult], pics: Pics
) -> list[str]:
    """One sentence per thing that limits the trust in the figures."""
    return [
        *_left_out(campaign, role),
        *_coarse(results),
        *_clock(campaign),
        *_basis(campaign),
        *_set_up(results, pics),
    ]


def _left_out(campaign: CampaignTotals, role: Role | None) -> list[str]:
    reasons: dict[str, list[RunSummary]] = {}
    for run in campaign.runs:
        reason = _why_left_out(run, role)
        if reason is not None:
            reasons.setdefault(reason, []).append(run)
    analysed = ROLE_WORDS[role] if role else "one"
    words = {
        "role_mismatch": f"the DUT of these runs is not the {analysed} that is analysed",
        "role_unknown": "nothing tells whether the DUT is a charging station or a CSMS",
        "role_contradiction": "header and messages disagree on the role of the DUT",
    }
    return [
        f"{len(runs)} {'run was' if len(runs) == 1 else 'runs were'} left out: {words[reason]} (first: {runs[0].file})"
        for reason, runs in reasons.items()
    ]


def _coarse(results: Iterable[ParameterResult]) -> list[str]:
    warnings = []
    for result in results:
        if result.outcome is not Outcome.MEASURED or result.uncertainty_s is None:
            continue
        if too_coarse(result.uncertainty_s, result.stated_s):
            warnings.append(
                f"{result.name}: the uncertainty of {result.uncertainty_s:.3g} s is more than a tenth of the stated "
                f"{result.stated_text}; take the comparison with care"
            )
        elif result.resolution_s is not None and result.resolution_s >= 1:
            warnings.append(f"{result.name}: the log resolves only {result.resolution_s:g} s")
    return warnings


def _clock(campaign: CampaignTotals) -> list[str]:
    stepped = [run for run in campaign.runs if run.clock_steps]
    if not stepped:
        return []
    steps = sum(run.clock_steps for run in stepped)
    return [
        f"the log's clock was stepped {steps} {'time' if steps == 1 else 'times'} (first: {stepped[0].file}); "
        "intervals across a step are excluded"
    ]


def _basis(campaign: CampaignTotals) -> list[str]:
    versions = sorted(version for version in campaign.ocpp_versions if version.startswith("2"))
    if not versions:
        return []
    return [f"OCPP {', '.join(versions)}: no official performance parameters exist; figures are by analogy with 1.6"]


def _set_up(results: Iterable[ParameterResult], pics: Pics) -> list[str]:
    warnings = []
    for result in results:
        if any(flag.flag == "MIN_STATUS_DURATION" for flag in result.flags):
            warnings.append(
                "MinimumStatusDuration was not 0: a fault of the set-up that delays StatusNotification (T6)"
            )
    if pics.dut.milliseconds is False:
        warnings.append(
            "the PICS says that the DUT sends no milliseconds: this concerns payload times, not the intervals"
        )
    return warnings
