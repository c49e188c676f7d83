"""Successive exchanges that say the same are taken in few: the result is that of taking one after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from perfkit.core.configuration_record import ConfigurationInfo, ConfigurationKey, LogPlace
from perfkit.core.pics.model import Pics
from perfkit_analyzers.dut import configuration as under_test
from perfkit_analyzers.message import Role
from perfkit_analyzers.noted import Noted
from perfkit_analyzers.totals import RunSummary

Content = tuple[str, Any, Any]
Taken = tuple[RunSummary, Noted]
PERIOD, LIMIT, SECRET = "HeartbeatInterval", "GetConfigurationMaxKeys", "AuthorizationKey"


def entry(key: str, value: str | None, *, readonly: bool | None = False) -> dict[str, object]:
    told = {"key": key, "value": value, "readonly": readonly}
    return {name: content for name, content in told.items() if content is not None}


def read(*entries: dict[str, object], unknown: tuple[str, ...] = (), asked: tuple[str, ...] = ()) -> Content:
    return "GetConfiguration", {"key": asked}, {"configurationKey": entries, "unknownKey": unknown}


def change(key: str, value: str, status: str = "Accepted") -> Content:
    return "ChangeConfiguration", {"key": key, "value": value}, {"status": status}


def variable(value: str, status: str = "Accepted") -> dict[str, object]:
    named = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": PERIOD}}
    return {**named, "attributeValue": value, "attributeStatus": status}


def report(value: str, mutability: str) -> Content:
    attribute = {"value": value, "mutability": mutability}
    named = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": PERIOD}}
    return "NotifyReport", {"reportData": [{**named, "variableAttribute": [attribute]}]}, {}


def run(number: int, *contents: Content, times: int = 1, error_code: str | None = None) -> RunSummary:
    """A run whose exchanges have their CALL in line 10, 20, … and their answer in the line after it."""
    noted = [
        Noted(action, 10 * n, 10 * n + 1, json.dumps(request).encode(), json.dumps(answer).encode(), error_code, times)
        for n, (action, request, answer) in enumerate(contents, start=1)
    ]
    started = SimpleNamespace(test_case=f"TC_{number:03}_CS", date_source="header")
    stamps = {"first_stamp_ns": number, "last_stamp_ns": number}
    result = SimpleNamespace(role=Role.CHARGING_STATION, left_out=None, noted=noted, started=started, **stamps)
    return cast(RunSummary, SimpleNamespace(file=f"{number}.log", result=result))


def found(*runs: RunSummary) -> ConfigurationInfo:
    return under_test.configuration(runs, Role.CHARGING_STATION, Pics())


def only_key(info: ConfigurationInfo) -> ConfigurationKey:
    (key,) = (*info.keys, *info.vendor_keys)
    return key


def at(number: int, line: int) -> LogPlace:
    return LogPlace(f"{number}.log", line, f"TC_{number:03}_CS")


def test_reads_that_say_the_same_are_counted_and_the_last_place_is_kept() -> None:
    info = found(*(run(n, read(entry(PERIOD, "300"), unknown=("Gone",)), times=n) for n in range(1, 6)))
    key = only_key(info)

    assert (key.value, key.reads, key.place) == ("300", 1 + 2 + 3 + 4 + 5, at(5, 11))
    assert [(event.value, event.place) for event in key.history] == [("300", at(1, 11))]
    assert (info.complete_read, info.unknown_keys) == (at(5, 11), ["Gone"])


def test_a_change_in_between_is_seen() -> None:
    same = read(entry(PERIOD, "300"))
    key = only_key(found(run(1, same, same, same, change(PERIOD, "20"), same, same, same, same), run(2, same)))

    assert (key.value, key.reads, key.accepted_changes, key.place) == ("300", 8, 1, at(2, 11))
    assert [(event.kind.value, event.value, event.place) for event in key.history] == [
        ("read", "300", at(1, 11)),
        ("change", "20", at(1, 40)),
        ("read", "300", at(1, 51)),
    ]


def test_an_answer_that_says_two_things_of_a_key_is_news_each_time() -> None:
    two_things = read(entry(PERIOD, "300"), entry(PERIOD, "20"))
    key = only_key(found(*(run(n, two_things) for n in range(1, 6))))

    assert (key.value, key.reads, key.place) == ("20", 10, at(5, 11))
    assert [event.value for event in key.history] == ["300", "20"] * 5


def test_an_answer_that_no_longer_says_whether_the_key_is_read_only_is_news_each_time() -> None:
    told, silent = read(entry(LIMIT, "50", readonly=True)), read(entry(LIMIT, "50", readonly=None))
    key = only_key(found(run(1, told), *(run(n, silent) for n in range(2, 6))))

    assert (key.read_only, key.reads, key.place) == (True, 5, at(5, 11))
    assert [event.read_only for event in key.history] == [True, None, None, None, None]


def test_equal_changes_are_steps_each() -> None:
    key = only_key(found(*(run(n, change(PERIOD, "20", "Rejected")) for n in range(1, 6))))

    assert (key.changes, key.accepted_changes, len(key.history)) == (5, 0, 5)


def test_an_answer_of_another_shape_counts_nowhere() -> None:
    odd: Content = ("GetConfiguration", {}, {"configurationKey": 7})
    key = only_key(found(*(run(n, odd, read(entry(PERIOD, "300")), odd, odd, odd) for n in range(1, 4))))

    assert (key.reads, key.place) == (3, at(3, 21))


ANSWERS = (
    *[read(entry(PERIOD, "300"), entry(LIMIT, "50", readonly=True))] * 3,
    read(entry(PERIOD, "20"), entry(LIMIT, "50", readonly=None)),
    read(entry(PERIOD, "300"), entry(PERIOD, "20")),
    read(entry(SECRET, "hidden"), entry("NL-Light", None), unknown=(PERIOD,), asked=(SECRET, "NL-Light", PERIOD)),
    read(entry(PERIOD, "300"), unknown=(PERIOD, "NL-Light")),
    ("GetConfiguration", {"key": 7}, {"configurationKey": [entry(PERIOD, "7")]}),
    ("GetConfiguration", {}, "cut"),
    change(PERIOD, "20"),
    change(LIMIT, "9", "NotSupported"),
    ("ChangeConfiguration", {}, {}),
)
ANSWERS_OF_2X = (
    *[("GetVariables", {}, {"getVariableResult": [variable("300")]})] * 3,
    ("GetVariables", {}, {"getVariableResult": [variable("300"), variable("20")]}),
    ("GetVariables", {}, {"getVariableResult": [variable("", "UnknownVariable")]}),
    ("SetVariables", {"setVariableData": [variable("20")]}, {"setVariableResult": [variable("20")]}),
    report("300", "ReadOnly"),
    report("300", "WriteOnly"),
)


def _one_by_one(_: object, equal: list[Taken]) -> Iterator[Taken]:
    yield from equal


@pytest.mark.parametrize("contents", [ANSWERS, ANSWERS_OF_2X], ids=["1.6", "2.x"])
@pytest.mark.parametrize("seed", range(60))
def test_in_few_is_one_by_one(contents: tuple[Content, ...], seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(seed)
    runs = []
    for number in range(1, 30):
        chosen = [one for _ in range(rng.randrange(3)) for one in [rng.choice(contents)] * rng.choice([1, 1, 2, 5])]
        code = rng.choice([None] * 7 + ["InternalError"])
        runs.append(run(number, *chosen, times=rng.randrange(1, 4), error_code=code))

    in_few = found(*runs)
    monkeypatch.setattr(under_test, "_in_few", _one_by_one)

    assert in_few == found(*runs)
