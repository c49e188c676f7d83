"""perfkit and the naive oracle must agree row by row on generated campaigns.

``PERFKIT_ORACLE_SEEDS`` sets how many logs are tried (300), ``PERFKIT_ORACLE_FIRST_SEED`` where they begin (0).
"""

import csv
import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.oracle.campaigns import Campaign, campaign
from tests.oracle.reading import read_runs
from tests.oracle.rules import Row, Summary, rows_of, summaries_of
from tests.vectors import Vector
from tests.vectors_transactions import VECTORS

FIRST_SEED = int(os.environ.get("PERFKIT_ORACLE_FIRST_SEED", "0"))
SEEDS = int(os.environ.get("PERFKIT_ORACLE_SEEDS", "300"))
BATCH = 50
HOUR_MS = 3_600_000
NETTED = ("triggered_function_timeout", "remote_start_authorization_time")

needs_analyze = pytest.mark.skipif(
    find_spec("perfkit.cli.analyze") is None, reason="perfkit.cli.analyze does not exist yet"
)


def perfkit_analysis(text: str, folder: Path) -> tuple[list[dict[str, str]], dict[str, Any] | None]:
    """The rows that ``perfkit analyze --samples`` writes for a log, and its result document."""
    from perfkit.cli.main import main

    log, samples = folder / "campaign.log", folder / "rows.csv"
    log.write_text(text, encoding="utf-8")
    samples.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code: Any = main(["analyze", str(log), "--samples", str(samples), "--json"])
        except SystemExit as leaving:
            code = leaving.code
    assert code in (0, 3, 4), f"exit code {code}: {err.getvalue()}"
    if not samples.exists():
        assert code == 3, f"no samples, exit code {code}: {err.getvalue()}"
        return [], None
    with samples.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), json.loads(out.getvalue())


def perfkit_rows(text: str, folder: Path) -> list[dict[str, str]]:
    """The rows alone."""
    return perfkit_analysis(text, folder)[0]


Comparable = tuple[object, ...]


def of_perfkit(row: dict[str, str]) -> Comparable:
    """What is compared of a row of perfkit."""
    value = row["value_s"]
    return _comparable(
        (row["parameter"], int(row["request_line"]), row["kind"], row["combination"]),
        ends=(int(row["from_line"]), int(row["to_line"]) if row["to_line"] else None),
        value_ms=None if value == "" else Decimal(value) * 1000,
        reason=row["reason"],
        flags=tuple(sorted(row["flags"].replace(",", " ").replace(";", " ").replace("|", " ").split())),
        in_headline=row["in_headline"].lower() in ("true", "1", "yes"),
        net_ms=Decimal(row["net_s"]) * 1000 if row["net_s"] and row["parameter"] in NETTED else None,
    )


def of_oracle(row: Row) -> Comparable:
    """The same of a row of the oracle."""
    return _comparable(
        (row.parameter, row.request_line, row.kind, row.combination),
        ends=(row.from_line, row.to_line),
        value_ms=None if row.value_ms is None else Decimal(row.value_ms),
        reason=row.reason or "",
        flags=tuple(sorted(row.flags)),
        in_headline=row.in_headline,
        net_ms=None if row.net_ms is None or row.parameter not in NETTED else Decimal(row.net_ms),
    )


def _comparable(
    key: tuple[str, int, str, str],
    *,
    ends: tuple[int, int | None],
    value_ms: Decimal | None,
    reason: str,
    flags: tuple[str, ...],
    in_headline: bool,
    net_ms: Decimal | None,
) -> Comparable:
    """An exclusion has neither value nor end that the method defines; strata of a missing start neither."""
    parameter, request_line, kind, combination = key
    if kind == "exclusion":
        named = combination if not parameter.startswith("remote_") else "-"
        return (parameter, request_line, kind, named, reason)
    return (parameter, request_line, kind, combination, value_ms, ends, flags, in_headline, net_ms)


def first_difference(text: str, folder: Path) -> str | None:
    """None if both agree; else the first row that differs, with the log around it."""
    theirs = sorted(map(of_perfkit, perfkit_rows(text, folder)), key=lambda row: row[:2])
    ours = sorted(map(of_oracle, rows_of(text)), key=lambda row: row[:2])
    if theirs == ours:
        return None
    missing = [("oracle ", row) for row in ours if row not in theirs]
    excess = [("perfkit", row) for row in theirs if row not in ours]
    first = min((row[:2] for _, row in missing + excess), default=())
    shown = [f"{who}: {row}" for who, row in missing + excess if row[:2] == first]
    around = int(str(first[1])) if first else 1
    lines = text.splitlines()
    low, high = max(0, around - 12), min(len(lines), around + 25)
    return "\n".join([*shown, *(f"{n + 1:4} {lines[n]}" for n in range(low, high))])


@needs_analyze
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_perfkit_agrees_with_the_hand(vector: Vector, tmp_path: Path) -> None:
    rows = [row for row in perfkit_rows(vector.text, tmp_path) if row["parameter"] == vector.parameter]
    found = sorted((of_perfkit({**row, "net_s": ""}) for row in rows), key=lambda row: row[:2])
    wanted = [
        _comparable(
            (vector.parameter, row.lines[0], row.kind, row.combination),
            ends=row.lines[1:],
            value_ms=None if row.value_ms is None else Decimal(row.value_ms),
            reason=row.reason or "",
            flags=tuple(sorted(row.flags)),
            in_headline="VERDICT" not in row.flags and "Diagnostics" not in row.combination,
            net_ms=None,
        )
        for row in vector.rows
    ]
    assert found == wanted


@needs_analyze
@pytest.mark.parametrize("first", range(FIRST_SEED, FIRST_SEED + SEEDS, BATCH))
@pytest.mark.timeout(600)
def test_perfkit_agrees_with_the_oracle(first: int, tmp_path: Path) -> None:
    for seed in range(first, min(first + BATCH, FIRST_SEED + SEEDS)):
        difference = first_difference(campaign(Random(seed), disturbance=(seed % 3) / 2), tmp_path)
        assert difference is None, f"seed {seed}\n{difference}"


@needs_analyze
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 40))
def test_an_exclusion_names_lines_of_its_run(seed: int, tmp_path: Path) -> None:
    text = campaign(Random(seed), disturbance=1)
    runs = [[record.line for record in run.records] for run in read_runs(text)]
    for row in perfkit_rows(text, tmp_path):
        if row["kind"] == "exclusion":
            (lines,) = (lines for lines in runs if int(row["request_line"]) in lines)
            assert row["from_line"] == row["request_line"], f"seed {seed}, {row}"
            decided = int(row["to_line"] or row["request_line"])
            assert decided in lines, f"seed {seed}, {row}"
            assert decided >= int(row["request_line"]), f"seed {seed}, {row}"


@needs_analyze
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 40))
def test_the_summaries_agree(seed: int, tmp_path: Path) -> None:
    text = campaign(Random(seed))
    document = perfkit_analysis(text, tmp_path)[1]
    theirs = {entry["key"]: entry for entry in document["parameters"]} if document else {}
    for key, wanted in summaries_of(text).items():
        found = theirs[key]
        assert (found["count"], found["unanswered"]) == (wanted.count, wanted.unanswered), f"seed {seed}, {key}"
        for name in ("min", "median", "mean", "p95", "max"):
            assert found[f"{name}_s"] == _seconds(wanted, name), f"seed {seed}, {key}, {name}"
        exclusions = {entry["reason"]: entry["count"] for entry in found["exclusions"]}
        assert exclusions == wanted.exclusions, f"seed {seed}, {key}"


def _seconds(summary: Summary, name: str) -> object:
    value_ms = getattr(summary, f"{name}_ms")
    return None if value_ms is None else pytest.approx(value_ms / 1000, abs=1e-6)


@needs_analyze
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 12))
def test_a_log_cut_at_any_line_is_still_measured_alike(seed: int, tmp_path: Path) -> None:
    lines = campaign(Random(seed)).splitlines(keepends=True)
    for cut in range(3, len(lines), max(1, len(lines) // 10)):
        text = "".join(lines[:cut])
        if not read_runs(text):
            continue
        difference = first_difference(text, tmp_path)
        assert difference is None, f"seed {seed}, cut after line {cut}\n{difference}"


@needs_analyze
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 12))
def test_shifting_every_clock_changes_no_value(seed: int, tmp_path: Path) -> None:
    plain = Campaign(Random(seed))
    shifted = Campaign(Random(seed), shift_ms=5 * HOUR_MS + 17 * 60_000 + 3456)
    texts = (plain.text(), shifted.text())
    if plain.stepped or shifted.stepped:
        return  # a step back over midnight is left out, so that the two logs need not be the same
    first, second = ([of_perfkit(row) for row in perfkit_rows(text, tmp_path)] for text in texts)
    assert first == second


@needs_analyze
@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + 30))
def test_no_line_serves_twice(seed: int, tmp_path: Path) -> None:
    rows = perfkit_rows(campaign(Random(seed), disturbance=1), tmp_path)
    requests = [(row["parameter"], row["request_line"]) for row in rows]
    ends = [(row["parameter"], row["to_line"]) for row in rows if row["kind"] == "observation"]
    assert len(requests) == len(set(requests))
    assert len(ends) == len(set(ends))


@pytest.mark.parametrize("seed", range(40))
def test_the_oracle_itself_reads_any_cut_and_ignores_a_shift(seed: int) -> None:
    lines = campaign(Random(seed)).splitlines(keepends=True)
    for cut in range(0, len(lines), max(1, len(lines) // 8)):
        rows_of("".join(lines[:cut]))
    plain, shifted = Campaign(Random(seed)), Campaign(Random(seed), shift_ms=9 * HOUR_MS + 61_007)
    first, second = rows_of(plain.text()), rows_of(shifted.text())
    if not plain.stepped and not shifted.stepped:
        assert first == second


@pytest.mark.parametrize("seed", range(60))
def test_the_oracle_gives_each_candidate_one_row(seed: int) -> None:
    text = campaign(Random(seed), disturbance=1)
    rows = [row for row in rows_of(text) if row.parameter == "response_timeout"]
    sent = [record.line for run in read_runs(text) for record in run.records if record.is_call(sender="tool")]
    assert [row.request_line for row in rows] == sent
