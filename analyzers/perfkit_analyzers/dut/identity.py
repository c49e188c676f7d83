"""Who the DUT says it is, run after run, beside what the PICS says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from perfkit.core.configuration_record import (
    IdentityChange,
    IdentityComparison,
    IdentityInfo,
    LogPlace,
    SeenIdentity,
)
from perfkit.core.pics.model import Pics
from perfkit.core.plan.case_ids import base_id
from perfkit.core.plan.table import FIRMWARE_TESTS
from perfkit_analyzers.dut.noted_runs import noted, place, runs_of_dut
from perfkit_analyzers.message import Role
from perfkit_analyzers.totals import RunSummary

FIELDS = ("vendor", "model", "serial", "firmware")
SHORTENED_CHARACTERS = 20
"""Length at which BootNotification.req cuts vendor and model (CiString20Type, OCPP 1.6, 6.3)."""

_FULL_RETEST = "a change of the DUT in the course of testing needs a full re-test (5.5)"
_OTHER_ITEM = "another item of the DUT was tested; the laboratory judges whether it is the same hardware (5.5)"
_BY_TEST = "inside a firmware update test case; results that follow must be of the firmware before it (5.5)"


class _Station(msgspec.Struct, frozen=True, rename="camel"):
    """ChargingStationType of 2.x."""

    vendor_name: str | None = None
    model: str | None = None
    serial_number: str | None = None
    firmware_version: str | None = None


class _Boot(msgspec.Struct, frozen=True, rename="camel"):
    """BootNotification.req of 1.6, and of 2.x if `charging_station` is there."""

    charge_point_vendor: str | None = None
    charge_point_model: str | None = None
    charge_point_serial_number: str | None = None
    charge_box_serial_number: str | None = None
    firmware_version: str | None = None
    charging_station: _Station | None = None


_Said = tuple[str | None, str | None, str | None, str | None]


def identity(runs: Sequence[RunSummary], role: Role | None, pics: Pics) -> IdentityInfo:
    """Who the DUT is by its BootNotifications. A CSMS sends none."""
    if role is not Role.CHARGING_STATION:
        reason = "a CSMS does not say who it is" if role else "nothing tells whether the DUT is a station or a CSMS"
        return IdentityInfo(reason, False, [], [], [])
    mine, in_time_order = runs_of_dut(runs, role)
    boots = list(_boots(mine))
    seen = _seen(boots)
    return IdentityInfo(
        reason=None if seen else "no BootNotification in the logs",
        in_time_order=in_time_order,
        seen=seen,
        comparisons=_comparisons(seen, pics),
        changes=list(_changes(boots)),
    )


def _boots(runs: Sequence[RunSummary]) -> Iterator[tuple[_Said, LogPlace, bool]]:
    """What each BootNotification says, where, and whether in a firmware update test case."""
    for run, item in noted(runs, "BootNotification"):
        try:
            boot = msgspec.json.decode(item.request, type=_Boot, strict=False)
        except (msgspec.ValidationError, msgspec.DecodeError):
            continue
        test_case = run.result.started.test_case or ""
        is_firmware_test = base_id(test_case) in FIRMWARE_TESTS or test_case.startswith("TC_L_")
        yield _said(boot), place(run, item.request_line), is_firmware_test


def _said(boot: _Boot) -> _Said:
    station = boot.charging_station
    if station is not None:
        return station.vendor_name, station.model, station.serial_number, station.firmware_version
    serial = boot.charge_point_serial_number or boot.charge_box_serial_number
    return boot.charge_point_vendor, boot.charge_point_model, serial, boot.firmware_version


def _seen(boots: Sequence[tuple[_Said, LogPlace, bool]]) -> list[SeenIdentity]:
    """Successive boots of the same content together."""
    seen: list[SeenIdentity] = []
    for said, where, in_test in boots:
        last = seen[-1] if seen else None
        if last is not None and (last.vendor, last.model, last.serial, last.firmware) == said:
            seen[-1] = msgspec.structs.replace(
                last, boots=last.boots + 1, last=where, in_firmware_test=last.in_firmware_test and in_test
            )
        else:
            seen.append(SeenIdentity(*said, boots=1, first=where, last=where, in_firmware_test=in_test))
    return seen


def _comparisons(seen: Sequence[SeenIdentity], pics: Pics) -> list[IdentityComparison]:
    """Field by field; what a firmware update test case installed is not compared."""
    compared = []
    for field in FIELDS:
        stated: str | None = getattr(pics.dut, field)
        values = [getattr(one, field) for one in seen if not one.in_firmware_test]
        found = [value for value in dict.fromkeys(values) if value]
        agrees = all(_is_same(stated, value) for value in found) if stated and found else None
        compared.append(IdentityComparison(field, stated, found, agrees))
    return compared


def _is_same(stated: str, seen: str) -> bool:
    """Equal but for case and blanks; the message may have cut the text."""
    one, other = " ".join(stated.split()).casefold(), " ".join(seen.split()).casefold()
    return one == other or (len(seen) >= SHORTENED_CHARACTERS and one.startswith(other))


def _changes(boots: Sequence[tuple[_Said, LogPlace, bool]]) -> Iterator[IdentityChange]:
    """Every field that differs from what the DUT last said outside of firmware update test cases."""
    known: dict[str, str] = {}
    for said, where, in_test in boots:
        for field, value in zip(FIELDS, said, strict=True):
            before = known.get(field)
            if value is None or value == before:
                continue
            if before is not None:
                full_retest = field != "serial" and not in_test
                explanation = _BY_TEST if in_test else _FULL_RETEST if full_retest else _OTHER_ITEM
                yield IdentityChange(field, before, value, where, full_retest, explanation)
            if not in_test:
                known[field] = value
