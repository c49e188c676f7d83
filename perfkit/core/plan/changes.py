"""What changed in the course of a campaign, and what the test procedure says of it (5.5, 5.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from perfkit.core.configuration_record import IdentityInfo
from perfkit.core.coverage_record import CampaignChange, ChangeKind, ResetRuns
from perfkit.core.plan.runs import CampaignRun

_KINDS = {
    "firmware": ChangeKind.FIRMWARE,
    "vendor": ChangeKind.HARDWARE,
    "model": ChangeKind.HARDWARE,
    "serial": ChangeKind.SERIAL,
}
_CLAUSE_OF_DUT = "5.5"
_BUILD = "the campaign holds results of several builds of the tool: the report names them"
_CONFIGURATION = "if a setting of the DUT that is none of OCPP was changed with it, all tests start over"


def changes_of(identity: IdentityInfo, runs: Sequence[CampaignRun]) -> list[CampaignChange]:
    """Changes of the DUT, then those of the tool."""
    of_dut = [
        CampaignChange(
            kind=_KINDS[change.field],
            before=change.before,
            after=change.after,
            place=change.place,
            full_retest=change.full_retest,
            clause=_CLAUSE_OF_DUT,
            consequence=change.explanation.removesuffix(f" ({_CLAUSE_OF_DUT})"),
        )
        for change in identity.changes
    ]
    builds = [(run, run.info.build) for run in runs]
    configurations = [(run, _name(run.info.configuration)) for run in runs]
    return [
        *of_dut,
        *_news(builds, ChangeKind.TOOL_BUILD, "7.3", _BUILD),
        *_news(configurations, ChangeKind.TOOL_CONFIGURATION, "5.6", _CONFIGURATION),
    ]


def _name(configuration: str | None) -> str | None:
    """The configuration without its digest, which a file name does not have."""
    return configuration.partition("(")[0].strip() if configuration else None


def _news(
    values: Sequence[tuple[CampaignRun, str | None]], kind: ChangeKind, clause: str, consequence: str
) -> Iterator[CampaignChange]:
    """Each value when it first comes after another."""
    known: list[str] = []
    for run, value in values:
        if value is None or value in known:
            continue
        if known:
            yield CampaignChange(kind, known[-1], value, run.place, False, clause, consequence)
        known.append(value)


def reset_runs(runs: Sequence[CampaignRun]) -> ResetRuns:
    """The runs of 000_RESET, and the test cases before which none passed since the test case before (7.2.2)."""
    resets = [run for run in runs if run.is_reset]
    passed = [run for run in resets if run.info.verdict in {"PASS", "PASSED"}]
    without = []
    is_first, is_reset = True, False
    for run in runs:
        if run.is_reset:
            is_reset = is_reset or run in passed
            continue
        if not is_first and not is_reset:
            without.append(run.place)
        is_first = is_reset = False
    return ResetRuns(bool(resets), len(resets), len(passed), without if resets else [])
