"""Appendix C as data against the text of the procedure, row by row; the text is not part of the repository.

Exceptions of the text, which was taken from a PDF: letters that look alike (Cyrillic М, С and О, the digit 0 for O),
a blank inside "Non-Happy", block headings cut in pieces, rows of security without numbers.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from perfkit.core.pics.model import DutType
from perfkit.core.plan.row import Row
from perfkit.core.plan.table import rows

ROOT = Path(__file__).parents[4]
VARIABLE = "PERFKIT_TEST_PROCEDURE"
LOOKALIKES = str.maketrans({"\u041c": "M", "\u0421": "C", "\u041e": "O", "\u039c": "M", "0": "O"})
NO_CONDITION = {
    # Words of a remark that name what is no condition of the row.
    "TC_037_2": {"dut.product_subtype"},  # says that Mode 1/2-only stations are not exempt
    "TC_044_1": {"security.certificate"},  # says what its result means for the security certificate
}
# A phrase of the remarks, and the keys of the PICS that its condition looks at.
PHRASES = (
    (r"local start/stop transaction", {"features.C-07", "features.C-08"}),
    (r"local start transaction", {"features.C-07"}),
    (r"local stop transaction", {"features.C-08"}),
    (r"cache is available", {"features.C-04"}),
    (r"fixed cable|detachable cable", {"dut.fixed_cable"}),
    (r"Mode 1/2-only", {"dut.product_subtype"}),
    (r"configuration key StopTransactionOnEVSideDisconnect", {"features.C-06"}),
    (r"before going down|after going down", {"features.power_failure_stop"}),
    (
        r"one of the following 3 functionalities",
        {"profiles.local_auth_list_management", "features.C-02", "features.C-04"},
    ),
    (r"If not supported by Charging Station", {"profiles.local_auth_list_management"}),
    (r"Security Certification", {"security.certificate"}),
    (r"security profile 1 or 2", {"security.profile_1", "security.profile_2"}),
    (r"security profile 2 or 3", {"security.profile_2", "security.profile_3"}),
    (r"security profile 1\.", {"security.profile_1"}),
    (r"security profile 2\.", {"security.profile_2"}),
    (r"security profile 3\.", {"security.profile_3"}),
    (r"multiple security profiles", {"security.profile_1", "security.profile_2", "security.profile_3"}),
)


@dataclass
class Printed:
    """A row as the text has it."""

    test_case: str
    number: int | None
    title: str
    station: str
    csms: str
    group: str
    remark: str


def procedure() -> str:
    path = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared" / "reference" / "ocpp16-test-procedure.txt")
    if not path.is_file():
        pytest.skip(f"the text of the procedure is not here; {VARIABLE} names it")
    return path.read_text(encoding="utf-8")


def printed_rows(text: str) -> list[Printed]:
    """The rows between the headings of Appendix C and D."""
    body = text[text.index("# **Appendix C: List of conformance tests**") : text.index("# Appendix D: Conformance")]
    found: list[Printed] = []
    group = ""
    for line in body.splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if re.fullmatch(r"TC_[0-9_]+", cells[0]):
            cells.insert(0, "")
        if len(cells) > 4 and re.fullmatch(r"TC_[0-9_]+", cells[1]):
            number = int(cells[0]) if cells[0] else None
            letters = [cell.translate(LOOKALIKES) for cell in cells[3:5]]
            remark = cells[5] if len(cells) > 5 else ""
            found.append(Printed(cells[1], number, cells[2], letters[0], letters[1], group, remark))
        elif len(cells) > 2 and cells[0] == "" and cells[1] == "" and cells[2]:
            group = cells[2].replace("Non- Happy", "Non-Happy")
        elif len(cells) > 1 and cells[0] == "" and cells[1] and not cells[1].startswith("TC_") and len(cells) == 5:
            group = cells[1]
        elif found and not line.startswith(("No\t", "Page", "#")):
            found[-1].remark += f" {line.strip()}"
    return found


@pytest.fixture(scope="module")
def printed() -> dict[str, Printed]:
    found = printed_rows(procedure())
    assert len(found) == len({row.test_case for row in found})
    return {row.test_case: row for row in found}


def transcribed() -> dict[str, tuple[str, Row]]:
    return {row.test_case: (group.title, row) for _, group, row in rows()}


def test_every_row_is_there_in_the_order_of_the_table(printed: dict[str, Printed]) -> None:
    assert list(transcribed()) == list(printed)
    assert len(printed) == 106


@pytest.mark.parametrize("test_case", list(transcribed()))
def test_number_title_and_letters_are_those_of_the_table(test_case: str, printed: dict[str, Printed]) -> None:
    _, row = transcribed()[test_case]
    wanted = printed[test_case]

    assert (row.number, row.title) == (wanted.number, wanted.title)
    assert (row.station.value if row.station else "") == wanted.station
    assert (row.csms.value if row.csms else "") == wanted.csms


def test_rows_stand_under_the_headings_of_the_table(printed: dict[str, Printed]) -> None:
    groups = {test_case: group for test_case, (group, _) in transcribed().items()}
    printed_groups = {test_case: row.group for test_case, row in printed.items()}
    # The block Remote Trigger has no heading of its own inside the table.
    for test_case in ("TC_054", "TC_055"):
        assert groups.pop(test_case) == "Remote Trigger"
        printed_groups.pop(test_case)

    assert groups == printed_groups


@pytest.mark.parametrize("test_case", list(transcribed()))
def test_the_condition_looks_at_what_the_remark_names(test_case: str, printed: dict[str, Printed]) -> None:
    _, row = transcribed()[test_case]
    remark = " ".join(printed[test_case].remark.split())
    named = {key for phrase, keys in PHRASES if re.search(phrase, remark) for key in keys}
    named -= NO_CONDITION.get(test_case, set())
    column = row.condition(DutType.CHARGING_STATION) if row.station else row.when_csms

    assert set(column.missing({})) == named


def test_conditional_rows_have_a_condition_or_a_block_condition(printed: dict[str, Printed]) -> None:
    without = [
        test_case
        for test_case, (_, row) in transcribed().items()
        if row.station is not None and row.station.value == "C" and not row.when.missing({})
    ]

    assert without == []


def test_a_wrong_row_is_found() -> None:
    text = (
        "# **Appendix C: List of conformance tests**\n\t\tHeading\t\t\n"
        "7\tTC_068\tA title\t\u0421\t\tOnly for a station with local start transaction.\n\nmore of it.\n"
        "TC_073\tAnother\tC\tC\tsecurity profile 1 or 2.\n# Appendix D: Conformance"
    )

    assert printed_rows(text) == [
        Printed(
            "TC_068", 7, "A title", "C", "", "Heading", "Only for a station with local start transaction.  more of it."
        ),
        Printed("TC_073", None, "Another", "C", "C", "Heading", "security profile 1 or 2."),
    ]
