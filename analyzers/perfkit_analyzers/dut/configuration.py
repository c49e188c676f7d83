"""The configuration of a charging station as its answers tell it, checked against the standard and the PICS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import msgspec

from perfkit.core.configuration.checks import history_findings, optional_functionalities, standard_findings
from perfkit.core.configuration.history import Configuration
from perfkit.core.configuration.pics_checks import PROFILE_KEYS, pics_findings
from perfkit.core.configuration.standard_key import members
from perfkit.core.configuration.table import STANDARD_KEYS
from perfkit.core.configuration_record import (
    NO_CONFIGURATION,
    ConfigurationFinding,
    ConfigurationInfo,
    ConfigurationKey,
)
from perfkit.core.pics.model import Pics
from perfkit.core.plan.facts import stated_facts
from perfkit_analyzers.dut.noted_runs import noted, place, runs_of_dut
from perfkit_analyzers.dut.variables import Variables
from perfkit_analyzers.message import Role
from perfkit_analyzers.noted import Noted
from perfkit_analyzers.totals import RunSummary

_ACTIONS = ("GetConfiguration", "ChangeConfiguration", "GetVariables", "SetVariables", "NotifyReport")


class _ReadRequest(msgspec.Struct, frozen=True):
    key: list[str] | None = None


class _KeyValue(msgspec.Struct, frozen=True):
    key: str
    readonly: bool | None = None
    value: str | None = None


class _ReadAnswer(msgspec.Struct, frozen=True, rename="camel"):
    configuration_key: list[_KeyValue] = []
    unknown_key: list[str] = []


class _ChangeRequest(msgspec.Struct, frozen=True):
    key: str
    value: str


class _Status(msgspec.Struct, frozen=True):
    status: str = "(no status)"


def configuration(runs: Sequence[RunSummary], role: Role | None, pics: Pics) -> ConfigurationInfo:
    """All keys, or variables of 2.x, with their history and what is wrong with them."""
    if role is not Role.CHARGING_STATION:
        reason = "configuration keys belong to a charging station (4.2)"
        return msgspec.structs.replace(NO_CONFIGURATION, reason=reason)
    mine, _ = runs_of_dut(runs, role)
    gathered = Configuration()
    variables = Variables(gathered)
    take: dict[str, Callable[[RunSummary, Noted], None]] = {
        "GetConfiguration": lambda run, item: _take_read(gathered, run, item),
        "ChangeConfiguration": lambda run, item: _take_change(gathered, run, item),
        "GetVariables": variables.take_read,
        "SetVariables": variables.take_change,
        "NotifyReport": variables.take_report,
    }
    for (action, *_), equal in groupby(noted(mine, *_ACTIONS), key=_content):
        for run, item in _in_few(gathered, list(equal)):
            try:
                take[action](run, item)
            except (msgspec.ValidationError, msgspec.DecodeError):
                continue  # counted as an anomaly of the run (PAYLOAD)
    return _info(gathered, variables, pics)


def _content(place_and_item: tuple[RunSummary, Noted]) -> tuple[str, bytes, bytes, str | None]:
    """What two exchanges that say the same have in common."""
    item = place_and_item[1]
    return item.action, item.request, item.answer, item.error_code


def _in_few(gathered: Configuration, equal: list[tuple[RunSummary, Noted]]) -> Iterator[tuple[RunSummary, Noted]]:
    """Successive exchanges that say the same, each to be taken before the next is asked for.

    Once taking one added no step to any history, none that follows can: they come as one, at the place of the last.
    """
    if len(equal) < 3:
        yield from equal
        return
    left = iter(equal)
    for run, item in left:
        steps = gathered.steps()
        yield run, item
        if gathered.steps() == steps:
            break
    if rest := list(left):
        run, last = rest[-1]
        times = sum(item.times for _, item in rest)
        lines = last.request_line, last.answer_line
        yield run, Noted(last.action, *lines, last.request, last.answer, last.error_code, times)


def _take_read(gathered: Configuration, run: RunSummary, item: Noted) -> None:
    if item.error_code is not None:
        return
    answer = _read_answer(item.answer)
    where = place(run, item.answer_line)
    for entry in answer.configuration_key:
        gathered.history(entry.key).read(entry.value, where, read_only=entry.readonly, times=item.times)
        gathered.unknown.pop(entry.key, None)
    for key in answer.unknown_key:
        gathered.unknown[key] = where
    request = msgspec.json.decode(item.request, type=_ReadRequest, strict=False)
    if not request.key and answer.configuration_key:
        gathered.read_completely((entry.key for entry in answer.configuration_key), where)


@lru_cache(maxsize=64)
def _read_answer(answer: bytes) -> _ReadAnswer:
    """A station answers the same in run after run."""
    return msgspec.json.decode(answer, type=_ReadAnswer, strict=False)


def _take_change(gathered: Configuration, run: RunSummary, item: Noted) -> None:
    request = msgspec.json.decode(item.request, type=_ChangeRequest, strict=False)
    status = item.error_code or msgspec.json.decode(item.answer, type=_Status, strict=False).status
    where = place(run, item.request_line)
    if status == "NotSupported" and gathered.exists(request.key) is not True:
        gathered.unknown[request.key] = where
    gathered.history(request.key).change(request.value, status, where)


def _info(gathered: Configuration, variables: Variables, pics: Pics) -> ConfigurationInfo:
    histories = gathered.histories.values()
    if not histories and not gathered.unknown:
        reason = "neither GetConfiguration, GetVariables nor NotifyReport was answered in the logs"
        return msgspec.structs.replace(NO_CONFIGURATION, reason=reason)
    records = [variables.record(h) or h.record(STANDARD_KEYS.get(h.key)) for h in histories]
    is_1_6 = not variables.seen
    return ConfigurationInfo(
        reason=None,
        complete_read=gathered.complete_read,
        keys=_sorted(record for record in records if record.is_standard or not is_1_6),
        vendor_keys=_sorted(
            record
            for record in records
            if is_1_6 and not record.is_standard and (record.key not in gathered.unknown or gathered.exists(record.key))
        ),
        unknown_keys=sorted(gathered.unknown),
        optional_functionalities=optional_functionalities(gathered) if is_1_6 else [],
        findings=list(_findings(gathered, variables, pics, is_1_6=is_1_6)),
    )


def _sorted(records: Iterator[ConfigurationKey]) -> list[ConfigurationKey]:
    return sorted(records, key=lambda record: record.key.casefold())


def _findings(
    gathered: Configuration, variables: Variables, pics: Pics, *, is_1_6: bool
) -> Iterator[ConfigurationFinding]:
    if is_1_6:
        facts = stated_facts(pics)
        yield from standard_findings(gathered, _profiles(gathered, pics))
        yield from pics_findings(gathered, facts)
    yield from variables.findings()
    yield from history_findings(gathered.histories.values())


def _profiles(gathered: Configuration, pics: Pics) -> list[str]:
    """Feature profiles of the DUT: those of SupportedFeatureProfiles, else those of the PICS."""
    key = "SupportedFeatureProfiles"
    read = gathered.values([key]).get(key)
    if read is not None:
        return members(read)
    facts = stated_facts(pics)
    return [word for profile, word in PROFILE_KEYS.items() if facts.get(f"profiles.{profile}") is True]
