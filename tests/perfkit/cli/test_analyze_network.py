"""`perfkit analyze --network`: its options, what is printed and what is written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from perfkit.cli.main import main
from perfkit.report.result_json import result_json
from tests.analyzers.link.records import sample, session, write
from tests.perfkit.report.network_documents import DOCUMENT
from tests.vectors import octt

LOG = octt(
    """
    2026-06-08T14:00:01.000 > 1 ClearCache {}
    2026-06-08T14:00:01.250 < 1 {}
    2026-06-08T14:00:12.500 > 2 ClearCache {}
    2026-06-08T14:00:13.500 < 2 {}
    """
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log in local summer time, a record that is slow from 10 s on, and a check."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    Path("a.log").write_text(LOG)
    write(Path("m.jsonl"), [session(), sample(0, 50.0), sample(10, 1500.0), sample(20, 1500.0)])
    Path("n.json").write_text(result_json(DOCUMENT))


def document(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    main(["analyze", "a.log", "--network", "m.jsonl", "--json", *options])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def response(found: dict[str, object]) -> dict[str, object]:
    parameters = found["parameters"]
    assert isinstance(parameters, list)
    one: dict[str, object] = next(entry for entry in parameters if entry["key"] == "response_timeout")
    return one


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ([], {"no_clock": 2}),
        (["--log-clock", "+02:00"], {"uncertain": 1, "not_met": 1}),  # slow from 10 s on; 13.5 s - 2 s is after that
        (["--log-clock", "+02:00", "--log-clock-tolerance", "4s"], {"uncertain": 2}),
        (["--log-clock", "Europe/Berlin", "--log-clock-tolerance", "200ms"], {"uncertain": 1, "not_met": 1}),
        (["--log-clock", "+02:00", "--log-clock-offset", "1h"], {"no_sample": 2}),
        (["--log-clock=-05:00"], {"no_sample": 2}),
    ],
)
def test_the_clock_of_the_log_is_what_the_options_say(
    options: list[str], statuses: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    link = response(document(capsys, *options))["link"]

    assert isinstance(link, dict)
    assert link["statuses"] == statuses


@pytest.mark.parametrize("minute", ["1min", "1m", "60", "60 s"])
def test_options_are_shown_as_a_policy_that_differs(capsys: pytest.CaptureFixture[str], minute: str) -> None:
    found = document(capsys, "--log-clock", "z", "--log-clock-offset=-300ms", "--log-clock-tolerance", minute)

    assert found["policy"]["differences"] == [  # type: ignore[index]
        {"switch": "log_clock", "value": "UTC", "default": "null"},
        {"switch": "log_clock_offset_s", "value": "-0.3", "default": "0"},
        {"switch": "log_clock_tolerance_s", "value": "60", "default": "2"},
    ]


def test_the_pics_may_state_clock_and_policy(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.yaml").write_text("policy:\n  network: exclude\n  log_clock: Europe/Berlin\n  log_clock_tolerance_s: 0\n")
    found = response(document(capsys, "--pics", "p.yaml"))

    assert found["measured_s"] == 0.25
    assert [group["reason"] for group in found["exclusions"]] == ["NETWORK"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--log-clock", "noon"],
            "'noon' is no time zone known to this computer; expected UTC, an offset such as +02:00",
        ),
        (["--log-clock-offset", "soon"], "'soon' is no time; write 1.5s, -300ms, 2min or 1h"),
        (["--log-clock-offset", "30h"], "--log-clock-offset is more than a day; a zone is stated with --log-clock"),
        (["--log-clock-tolerance", "2h"], "--log-clock-tolerance is a time from 0 to 1 h"),
        (["--network", "a.log"], "a.log is a message log, and logs are named before the options"),
    ],
)
def test_a_wrong_option_is_one_clear_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", "a.log", "--network", "m.jsonl", *words]) in {2, 3}
    assert sentence in capsys.readouterr().err


def test_options_that_contradict_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "a.log", "--log-clock", "UTC"]) == 2
    assert "--log-clock and its offset and tolerance belong to --network FILE" in capsys.readouterr().err
    assert main(["analyze", "-", "--network", "m.jsonl"]) == 2
    assert "--network reads the logs twice, which standard input does not allow" in capsys.readouterr().err
    assert main(["analyze", "--network", "m.jsonl"]) == 2
    assert "name a log, a folder or an archive" in capsys.readouterr().err
    assert main(["analyze", "a.log", "--network", "m.jsonl", "--samples", "m.jsonl"]) == 2
    assert "m.jsonl" in capsys.readouterr().err


def test_the_table_shows_check_link_clock_and_round_trip(capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", "a.log", "--network", "m.jsonl", "n.json", "--log-clock", "+02:00", "--log-clock-tolerance", "0s"])
    out = " ".join(capsys.readouterr().out.split())

    assert "The link during the measurement (docs/method.md 12)" in out
    assert f"gate {'NOT MET' if DOCUMENT.gate == 'not_met' else 'met'}" in out
    assert "watched 100.0 % of 12.500 s of test time, 72.0 % in specification" in out  # 3.5 s of 12.5 s are slow
    assert "1 run: UTC+02:00, to within 0 s (stated: +02:00)" in out
    assert "link 1 threshold not met, 1 uncertain" in out
    assert "round trip 1500.0 ms beside the headline, median 775.0, p95 1500.0, max 1500.0 ms" in out
    assert "contained in the values, not subtracted" in out


def test_explain_shows_the_link_of_the_row(capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", "a.log", "--network", "m.jsonl", "--log-clock", "+02:00", "--explain", "2"])
    out = capsys.readouterr().out

    assert "Link during the interval (docs/method.md 12)" in out
    assert "  status        threshold not met: latency" in out
    assert "  round trip    1500.0 ms, 2026-06-08T12:00:10.000Z (m.jsonl:3); not subtracted" in out
    assert "  clocks        may differ by 2 s; 1 sample considered" in out
    assert "  log clock     1 run: UTC+02:00, to within 2 s (stated: +02:00)" in out
    assert "  N3            NETWORK: a threshold of the link was missed during the interval" in out


def test_samples_carry_the_link_only_where_it_was_asked_for() -> None:
    main(["analyze", "a.log", "--network", "m.jsonl", "--log-clock", "+02:00", "--samples", "s.csv", "--quiet"])
    main(["analyze", "a.log", "--samples", "plain.csv", "--quiet"])
    rows = list(csv.DictReader(Path("s.csv").read_text().splitlines()))

    assert [(row["link"], row["link_missed"], row["link_latency_ms"]) for row in rows] == [
        ("uncertain", "latency", "50.0"),
        ("not_met", "latency", "1500.0"),
    ]
    assert rows[1]["flags"] == "NETWORK"
    assert not any(name.startswith("link") for name in Path("plain.csv").read_text().splitlines()[0].split(","))


def test_excluded_ones_are_listed_with_both_ends(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.yaml").write_text("policy:\n  network: exclude\n  log_clock: Europe/Berlin\n")
    main(["analyze", "a.log", "--network", "m.jsonl", "--pics", "p.yaml", "--list-excluded"])

    assert capsys.readouterr().out == (
        "a.log:4-5: NETWORK response_timeout ClearCache: a threshold of the link was missed during the interval (row 2)\n"
    )
