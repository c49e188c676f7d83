"""Every row of Appendix C against truth tables written by hand.

A table has the keys of the PICS in its heading; a row is one letter per key (y yes, n no, b both or before, a after,
? not stated) and the fate: + applies, - does not apply, ? cannot be decided. Keys of the block are stated as yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import pytest

from perfkit.core.pics.model import DutType, Pics
from perfkit.core.plan.planning import plan
from perfkit.core.plan.table import rows
from perfkit.core.plan_record import Applicability, PlannedCase, Requirement

FATES = {
    "+": Applicability.APPLIES,
    "-": Applicability.DOES_NOT_APPLY,
    "?": Applicability.UNDECIDED,
}
YES_NO = {"y": True, "n": False}
VALUES: dict[str, dict[str, object]] = {
    "features.C-06": {"y": "yes", "n": "no", "b": "both"},
    "features.power_failure_stop": {"b": "before", "a": "after", "2": "both"},
    "dut.product_subtype": {"y": "mode_1_2_only", "n": "none"},
}
SHORT = {
    "C-02": "features.C-02",
    "C-04": "features.C-04",
    "C-06": "features.C-06",
    "C-07": "features.C-07",
    "C-08": "features.C-08",
    "power": "features.power_failure_stop",
    "fixed": "dut.fixed_cable",
    "mode12": "dut.product_subtype",
    "list": "profiles.local_auth_list_management",
    "cert": "security.certificate",
    "p1": "security.profile_1",
    "p2": "security.profile_2",
    "p3": "security.profile_3",
}
BLOCK_KEYS = {
    "Core": None,
    "Local Authorization List Management": "profiles.local_auth_list_management",
    "Firmware Management": "profiles.firmware_management",
    "Reservation": "profiles.reservation",
    "Remote Trigger": "profiles.remote_trigger",
    "Smart Charging": "profiles.smart_charging",
    "Security": "security.certificate",
}


@dataclass(frozen=True)
class Table:
    keys: str
    lines: str


ALWAYS = Table("", "+")
LOCAL_BOTH = Table("C-07 C-08", "yy+ yn- y?? ny- nn- n?- ?y? ?n- ???")
LOCAL_START = Table("C-07", "y+ n- ??")
LOCAL_STOP = Table("C-08", "y+ n- ??")
CACHE = Table("C-04", "y+ n- ??")
BOTH_AND_CACHE = Table("C-07 C-08 C-04", "yyy+ yyn- yy?? yny- nyy- y?y? ?yy? ?n?- ??n- ????")
DETACHABLE_AND_STOP = Table(
    "fixed C-06 mode12",
    "nyn+ nbn+ nnn- n?n? yyn- ybn- y?n- ?yn? ?nn- ??n? nyy- nby- yyy- ?yy- n?y- nn?- ny?+ nb?+ y??- ????",
)
STOP_OR_MODE = Table("C-06 mode12", "yn+ bn+ nn- ?n? yy+ by+ ny+ ?y+ y?+ n?- ???")
SETTABLE_STOP = Table("C-06 mode12", "bn+ yn- nn- ?n? by- yy- ?y- b?+ y?- ???")
DETACHABLE_NOT_MODE = Table("fixed mode12", "nn+ yn- ?n? ny- yy- ?y- n?+ y?- ???")
FIXED_OR_MODE = Table("fixed mode12", "yn+ nn- ?n? yy+ ny+ ?y+ y?+ n?- ???")
DETACHABLE = Table("fixed", "n+ y- ??")
NO_LIST = Table("list", "n+ y- ??")
BEFORE = Table("power", "b+ a- 2+ ??")
AFTER = Table("power", "b- a+ 2+ ??")
OFFLINE = Table(
    "C-07 C-08 list C-02 C-04",
    "yyynn+ yynyn+ yynny+ yyyyy+ yynnn- yy???? yyn??? yynn?? yyy??+ nyyyy- ynyyy- ?yyyy? y?yyy? ?ynnn- n????- ??????",
)
NO_CERTIFICATE = Table("cert", "n+ y- ?+")  # an empty section of security: no security certificate
ONE_OR_TWO = Table("p1 p2", "yy+ yn+ ny+ nn- y?+ ?y+ n?? ?n? ???")
TWO_OR_THREE = Table("p2 p3", "yy+ yn+ ny+ nn- y?+ ?y+ n?? ?n? ???")
ONE = Table("p1", "y+ n- ??")
TWO = Table("p2", "y+ n- ??")
THREE = Table("p3", "y+ n- ??")
SEVERAL = Table("p1 p2 p3", "yyy+ yyn+ yny+ nyy+ ynn- nyn- nny- nnn- yy?+ y?n? y??? nn?- n?n- ?yn? ????")
NOT_MODE = Table("mode12", "n+ ?+ y-")

# Which table a row has for a station; every row is named once.
STATION: dict[str, tuple[Table, str]] = {
    "always": (
        ALWAYS,
        "001 002 010 011_1 011_2 012 013 014 015 016 019 021 070 071 023 026 028 030 031 034 036 040_1 040_2 062 "
        "042_2 043 043_2 043_3 008 044_1 045_1 045_2 046_2 047 048_2 048_3 048_4 049 050_2 050_3 051 052 053 054 055 "
        "079 080 081",
    ),
    "local start and stop": (LOCAL_BOTH, "003 004_1 068 069"),
    "local start": (LOCAL_START, "004_2 046_1"),
    "local stop": (LOCAL_STOP, "038"),
    "cache": (CACHE, "007"),
    "local and cache": (BOTH_AND_CACHE, "061"),
    "EV side, unlocking": (DETACHABLE_AND_STOP, "005_1"),
    "EV side": (STOP_OR_MODE, "005_2"),
    "EV side, not stopping": (SETTABLE_STOP, "005_3"),
    "detachable, not Mode 1/2": (DETACHABLE_NOT_MODE, "017_1 018_1"),
    "fixed or Mode 1/2": (FIXED_OR_MODE, "017_2 018_2"),
    "detachable": (DETACHABLE, "024"),
    "no list": (NO_LIST, "043_1 042_1"),
    "stops before": (BEFORE, "032_1"),
    "stops after": (AFTER, "032_2"),
    "offline": (OFFLINE, "037_1 037_2 037_3 039"),
    "no certificate": (NO_CERTIFICATE, "044_2 044_3"),
    "not Mode 1/2": (NOT_MODE, "056 057 058_1 058_2 082 066 067 072 059 060"),
    "profile 1 or 2": (ONE_OR_TWO, "073"),
    "profile 2 or 3": (TWO_OR_THREE, "075_1 075_2 076 078"),
    "profile 1": (ONE, "085"),
    "profile 2": (TWO, "086"),
    "profile 3": (THREE, "074 077 087"),
    "several profiles": (SEVERAL, "083 084"),
}
CSMS: dict[str, tuple[Table, str]] = {
    "always": (
        ALWAYS,
        "001 003 004_1 004_2 005_1 007 061 010 011_1 011_2 012 013 014 017_1 017_2 019_1 019_2 021 023_1 023_2 023_3 "
        "024 043_1 042_1 026 028 030 031 032_1 037_1 037_3 039 040_1 040_2 064 042_2 043_3 043_4 043_5 044_1 045_1 "
        "045_2 046 047 048_2 048_3 048_4 049 051 052 053 054 055 056 057 066 067 059 079 080 081",
    ),
    "no certificate": (NO_CERTIFICATE, "044_2 044_3"),
    "profile 1 or 2": (ONE_OR_TWO, "073"),
    "profile 2 or 3": (TWO_OR_THREE, "075_1 075_2 076 078"),
    "profile 1": (ONE, "085"),
    "profile 2": (TWO, "086"),
    "profile 3": (THREE, "074 077 087"),
}
ALL_ROWS = {row.test_case: block.title for block, _, row in rows()}
BY_TYPE = {DutType.CHARGING_STATION: STATION, DutType.CSMS: CSMS}


def entries() -> list[tuple[DutType, str, Table]]:
    return [
        (dut_type, f"TC_{number}", table)
        for dut_type, tables in BY_TYPE.items()
        for table, numbers in tables.values()
        for number in numbers.split()
    ]


def planned(test_case: str, dut_type: DutType, stated: Mapping[str, object]) -> PlannedCase:
    """The row in the plan for a PICS that states just this."""
    sections: dict[str, dict[str, object]] = {"dut": {"type": dut_type.value}}
    for key, value in stated.items():
        section, _, name = key.partition(".")
        sections.setdefault(section, {})[name] = value
    document = plan(msgspec.convert(sections, Pics))
    return next(case for case in document.cases if case.test_case == test_case)


def stated_by(line: str, keys: str, block: str) -> dict[str, object]:
    stated: dict[str, object] = {}
    block_key = BLOCK_KEYS[block]
    if block_key is not None:
        stated[block_key] = True
    for letter, short in zip(line, keys.split(), strict=False):
        key = SHORT[short]
        if letter != "?":
            stated[key] = VALUES.get(key, YES_NO)[letter]
    return stated


@pytest.mark.parametrize(
    ("dut_type", "test_case", "table"),
    entries(),
    ids=lambda value: getattr(value, "value", value if isinstance(value, str) else ""),
)
def test_the_row_follows_its_table(dut_type: DutType, test_case: str, table: Table) -> None:
    block = ALL_ROWS[test_case]
    for line in table.lines.split():
        found = planned(test_case, dut_type, stated_by(line[:-1], table.keys, block))

        assert found.applicability is FATES[line[-1]], f"{test_case} with {table.keys} = {line[:-1]}"
        assert bool(found.missing_keys) == (line[-1] == "?")


@pytest.mark.parametrize("dut_type", list(DutType))
def test_every_row_of_the_table_has_a_truth_table(dut_type: DutType) -> None:
    wanted = [row.test_case for _, _, row in rows() if row.requirement(dut_type) is not None]
    named = [test_case for kind, test_case, _ in entries() if kind is dut_type]

    assert sorted(named) == sorted(wanted)
    assert len(named) == len(set(named))


@pytest.mark.parametrize("block", [block for block, key in BLOCK_KEYS.items() if key is not None])
def test_a_block_that_is_not_supported_does_not_apply(block: str) -> None:
    key = BLOCK_KEYS[block]
    assert key is not None
    for test_case in (name for name, title in ALL_ROWS.items() if title == block):
        for _, named, table in entries():
            if named == test_case:
                stated = {**stated_by(table.lines.split()[0][:-1], table.keys, block), key: False}
                kind = DutType.CHARGING_STATION if test_case not in {"TC_046", "TC_043_4", "TC_043_5"} else DutType.CSMS

                assert planned(test_case, kind, stated).applicability is Applicability.DOES_NOT_APPLY


@pytest.mark.parametrize("block", ["Firmware Management", "Reservation", "Remote Trigger", "Smart Charging"])
def test_a_block_of_which_nothing_is_stated_is_open(block: str) -> None:
    for test_case in (name for name, title in ALL_ROWS.items() if title == block and name != "TC_046"):
        found = planned(test_case, DutType.CHARGING_STATION, {"features.C-07": True})

        assert found.applicability is Applicability.UNDECIDED
        assert found.missing_keys == [BLOCK_KEYS[block]]


def test_only_what_could_decide_is_missing() -> None:
    found = planned("TC_061", DutType.CHARGING_STATION, {"features.C-07": True})

    assert found.missing_keys == ["features.C-08", "features.C-04"]


# --- what follows from the PICS ---------------------------------------------------------------------------------------


def test_a_full_certificate_contains_every_profile() -> None:
    for test_case in ("TC_054", "TC_046_2", "TC_056", "TC_043", "TC_045_1"):
        found = planned(test_case, DutType.CHARGING_STATION, {"profiles.certificate": "full"})

        assert found.applicability is Applicability.APPLIES


def test_smart_charging_does_not_apply_to_mode_1_2_stations_whatever_is_stated() -> None:
    found = planned("TC_056", DutType.CHARGING_STATION, {"dut.product_subtype": "mode_1_2_only"})

    assert (found.applicability, found.missing_keys) == (Applicability.DOES_NOT_APPLY, [])


@pytest.mark.parametrize("test_case", ["TC_005_2", "TC_017_2", "TC_018_2"])
def test_three_rows_are_mandatory_for_mode_1_2_stations(test_case: str) -> None:
    mode = planned(test_case, DutType.CHARGING_STATION, {"dut.product_subtype": "mode_1_2_only"})
    other = planned(test_case, DutType.CHARGING_STATION, {"dut.fixed_cable": True, "features.C-06": "both"})

    assert (mode.requirement, mode.applicability) == (Requirement.MANDATORY, Applicability.APPLIES)
    assert (other.requirement, other.applicability) == (Requirement.CONDITIONAL, Applicability.APPLIES)


def test_who_fills_in_the_security_section_applies_for_its_certificate() -> None:
    assert planned("TC_079", DutType.CSMS, {}).applicability is Applicability.DOES_NOT_APPLY
    assert planned("TC_079", DutType.CSMS, {"security.profile_2": True}).applicability is Applicability.APPLIES
    refused = {"security.certificate": False, "security.profile_2": True}
    assert planned("TC_079", DutType.CSMS, refused).applicability is Applicability.DOES_NOT_APPLY
