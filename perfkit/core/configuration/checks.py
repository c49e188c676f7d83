"""What a configuration contradicts in the standard, or in itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from perfkit.core.configuration.history import TAKEN, Configuration, KeyHistory
from perfkit.core.configuration.standard_key import KeyType, StandardKey, members
from perfkit.core.configuration.table import PNC, STANDARD_KEYS, clause_of
from perfkit.core.configuration_record import (
    ConfigurationFinding,
    KeyEvent,
    KeyEventKind,
    OptionalFunctionality,
    Severity,
)

PROCEDURE_ON_FIXED_VALUE = "Appendix C, TC_005_1 and TC_005_3"
FAULT, NOTE = Severity.FAULT, Severity.NOTE


def standard_findings(configuration: Configuration, profiles: Iterable[str]) -> Iterator[ConfigurationFinding]:
    """Findings against clause 9 of OCPP 1.6 and the white paper, key by key; `profiles` are those of the DUT."""
    supported = {"Core", *profiles}
    if left_out := configuration.left_out():
        message = f"the answer with all keys lacks {', '.join(left_out)}, which the station has"
        yield ConfigurationFinding(FAULT, None, message, "OCPP 1.6, 5.8", configuration.complete_read)
    for row in STANDARD_KEYS.values():
        history = configuration.histories.get(row.key)
        if history is not None:
            yield from _value_findings(row, history, configuration)
            yield from _access_findings(row, history)
        if row.required and row.profile in supported and configuration.exists(row.key) is False:
            message = f"{row.key} is required by the profile {row.profile}, and the station does not have it"
            yield ConfigurationFinding(FAULT, row.key, message, clause_of(row), configuration.place(row.key))


def _value_findings(
    row: StandardKey, history: KeyHistory, configuration: Configuration
) -> Iterator[ConfigurationFinding]:
    """Values that the DUT gave or took and that are none; each is named once."""
    seen: set[str] = set()
    for event in history.events:
        value = event.value
        is_held = event.kind is KeyEventKind.READ or event.status in TAKEN
        if value is None or not is_held or history.is_secret or value in seen:
            continue
        seen.add(value)
        fault = row.fault(value) or _too_many(row, value, configuration)
        if fault is not None:
            verb = "reads" if event.kind is KeyEventKind.READ else "was set to"
            message = f"{row.key} {verb} {value!r}, which {fault}"
            yield ConfigurationFinding(FAULT, row.key, message, clause_of(row), event.place)


def _too_many(row: StandardKey, value: str, configuration: Configuration) -> str | None:
    if row.type is not KeyType.LIST or row.maximum_key is None:
        return None
    limit = configuration.values([row.maximum_key]).get(row.maximum_key, "")
    count = len(members(value))
    return f"has {count} members, and {row.maximum_key} is {limit}" if limit.isdigit() and count > int(limit) else None


def _access_findings(row: StandardKey, history: KeyHistory) -> Iterator[ConfigurationFinding]:
    clause, place = clause_of(row), history.place
    if row.access == "W":
        readable = [event for event in history.events if event.kind is KeyEventKind.READ and event.value]
        if readable:
            message = f"{row.key} can be read, and the standard lets it only be set"
            yield ConfigurationFinding(FAULT, row.key, message, clause, readable[0].place)
    elif row.access == "R" and history.read_only is False:
        message = f"{row.key} is not read-only, and the standard says that it is"
        yield ConfigurationFinding(FAULT, row.key, message, clause, place)
    elif row.access == "RW" and history.read_only is True:
        if row.read_only_by_procedure:
            message = f"{row.key} is read-only, which the test procedure provides for"
            yield ConfigurationFinding(NOTE, row.key, message, PROCEDURE_ON_FIXED_VALUE, place)
        else:
            message = f"{row.key} is read-only, and the standard says that it can be set"
            yield ConfigurationFinding(FAULT, row.key, message, clause, place)


def history_findings(histories: Iterable[KeyHistory]) -> Iterator[ConfigurationFinding]:
    """What a DUT said and then did otherwise."""
    clause = "OCPP 1.6, 5.3 and 5.8 (2.x: B05, B06)"
    for history in histories:
        read_only = False
        for before, event in zip([None, *history.events], history.events, strict=False):
            if event.kind is KeyEventKind.READ:
                read_only = bool(event.read_only)
                if before is not None and not history.is_secret and _is_broken_promise(before, event):
                    message = (
                        f"{history.key}: the change to {before.value!r} was accepted, then {event.value!r} was read"
                    )
                    yield ConfigurationFinding(FAULT, history.key, message, clause, event.place)
            elif read_only and event.status in TAKEN:
                message = f"{history.key} is read-only, and a change of it was answered with {event.status}"
                yield ConfigurationFinding(FAULT, history.key, message, clause, event.place)


def _is_broken_promise(change: KeyEvent, read: KeyEvent) -> bool:
    """True when an accepted change is followed, in the same run, by a read of another value."""
    same_run = (change.place.file, change.place.test_case) == (read.place.file, read.place.test_case)
    return change.status == "Accepted" and same_run and _plain(change.value) != _plain(read.value)


def _plain(value: str | None) -> list[str]:
    return [member.lower() for member in members(value or "")]


def optional_functionalities(configuration: Configuration) -> list[OptionalFunctionality]:
    """What 7.1.4 puts on a certificate: optional keys (implemented or not) and the values of the read-only ones."""
    listed = []
    for row in STANDARD_KEYS.values():
        history = configuration.histories.get(row.key)
        read_only = history.read_only if history else None
        if row.profile == PNC or (row.required and row.access != "R" and not read_only):
            continue
        exists = configuration.exists(row.key)
        value = history.value if history and read_only and exists else None
        listed.append(OptionalFunctionality(row.key, row.profile, exists, read_only, value, row.description))
    return listed
