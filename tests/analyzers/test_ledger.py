from __future__ import annotations

import pickle

from perfkit.core.sample import Flag, Reason, Row, RowKind
from perfkit_analyzers.histogram import Histogram
from perfkit_analyzers.ledger import EXCLUSIONS_LISTED, Part, RunLedger
from perfkit_analyzers.rows import RowRef, Shift

MS = 10**6


def row(
    line: int,
    value_ms: int | None,
    *,
    kind: RowKind = RowKind.OBSERVATION,
    reason: Reason | None = None,
    flags: tuple[Flag, ...] = (),
    net_ms: int | None = None,
) -> Row:
    value_ns = None if value_ms is None else value_ms * MS
    net_ns = None if net_ms is None else net_ms * MS
    return Row("p", kind, "c", line, line, line + 1, value_ns, reason, flags, net_ns=net_ns)


def part(*rows: Row) -> Part:
    made = Part()
    for number, each in enumerate(rows, 1):
        made.add(number, each)
    return made


def state(made: Part) -> dict[str, object]:
    names = ("values", "net", "from_request", "flags", "largest", "smallest", "longest_wait", "censored")
    return {name: getattr(made, name) for name in names}


def test_the_earliest_of_equal_extremes_is_named() -> None:
    made = part(row(1, 20), row(3, 50), row(5, 50), row(7, 10), row(9, 10))

    assert (made.largest, made.smallest) == (RowRef(2, row(3, 50)), RowRef(4, row(7, 10)))
    assert made.values.counts() == {20 * MS: 1, 50 * MS: 2, 10 * MS: 2}


def test_censored_rows_are_no_values() -> None:
    made = part(row(1, 5), row(3, 900, kind=RowKind.CENSORED), row(5, 800, kind=RowKind.CENSORED))

    assert (made.censored, made.values.counts()) == (2, {5 * MS: 1})
    assert made.longest_wait == RowRef(2, row(3, 900, kind=RowKind.CENSORED))
    assert made.largest == RowRef(1, row(1, 5))


def test_merging_equals_adding_and_the_earlier_of_equals_stays() -> None:
    rows = [row(1, 5, flags=(Flag.DUP_ID,)), row(3, 9, net_ms=7), row(5, 9, flags=(Flag.DUP_ID,)), row(7, 5, net_ms=7)]
    whole = part(*rows)
    left, right = part(*rows[:2]), part(*[row(1, 9, flags=(Flag.DUP_ID,)), row(3, 5, net_ms=7)])

    left.merge(right, Shift(2, 4))

    assert state(left) == state(whole)
    assert left.flags == {Flag.DUP_ID: 2}
    assert left.net.counts() == {7 * MS: 2}


def test_a_part_goes_from_process_to_process_whole() -> None:
    made = part(row(1, 5, flags=(Flag.DUP_ID,), net_ms=3), row(3, 900, kind=RowKind.CENSORED))

    assert state(pickle.loads(pickle.dumps(made))) == state(made)  # noqa: S301 - our own bytes


def test_a_shift_moves_row_and_lines() -> None:
    left, right = part(row(1, 5)), part(row(1, 9))

    left.merge(right, Shift(10, 100))

    assert left.largest == RowRef(11, row(101, 9))
    assert left.smallest == RowRef(1, row(1, 5))


def test_rows_are_numbered_on_and_all_exclusions_counted() -> None:
    ledger = RunLedger(7, keep=False)
    for line in range(EXCLUSIONS_LISTED + 2):
        ledger.add(row(line + 1, None, kind=RowKind.EXCLUSION, reason=Reason.NOOP))

    group = ledger.exclusions["p", Reason.NOOP]
    assert (group.count, len(group.rows)) == (EXCLUSIONS_LISTED + 2, EXCLUSIONS_LISTED)
    assert group.rows[0].number == 7
    assert ledger.next_number == 7 + EXCLUSIONS_LISTED + 2
    assert ledger.kept == []


def test_a_censored_row_with_a_reason_is_no_exclusion() -> None:
    ledger = RunLedger(1, keep=True)
    ledger.add(row(1, 5, kind=RowKind.CENSORED, reason=Reason.NO_STATUS))

    assert ledger.exclusions == {}
    assert ledger.parts["p", "c", False].censored == 1
    assert [ref.number for ref in ledger.kept] == [1]


def test_a_run_that_is_left_out_leaves_nothing() -> None:
    ledger = RunLedger(3, keep=True)
    ledger.add(row(1, 5))
    ledger.add(row(2, None, kind=RowKind.EXCLUSION, reason=Reason.NOOP))
    ledger.tool_times.add(5)

    ledger.discard()

    assert (ledger.parts, ledger.exclusions, ledger.kept, ledger.tool_times) == ({}, {}, [], Histogram())
    assert ledger.next_number == 3
