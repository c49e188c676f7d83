from __future__ import annotations

import msgspec
import pytest

from perfkit.core.analysis_record import AnalysisDocument, DutInfo, IgnoredInput
from perfkit.report.console import render
from tests.perfkit.report.documents import (
    BOUND,
    DIFFERENT_POLICY,
    DOCUMENT,
    HOSTILE_DOCUMENT,
    MEASURED,
    NOT_MEASURED,
    RUN,
    combination,
)


def shown(document: AnalysisDocument = DOCUMENT, *, width: int = 140, full: bool = False) -> str:
    return render(document, width=width, colour=False, full=full)


def line_with(text: str, *words: str) -> str:
    """The first line that holds all the words, with its blanks made single."""
    return next(" ".join(line.split()) for line in text.splitlines() if all(word in line for word in words))


def test_every_outcome_has_its_line_with_measured_stated_count_and_comparison() -> None:
    text = shown()

    assert line_with(text, "Triggered function", "26") == "Triggered function 0.7 s 0.5 s 26 above"
    assert line_with(text, "Response", "no answer") == "Response > 35.000 s (no answer) - 1 not stated"
    assert line_with(text, "Response time Authorize") == (
        "Response time Authorize - - - not applicable: csms only (A.4)"
    )
    assert line_with(text, "Start time", "1500") == (
        "Start time 1.488 s 1500 ms 1 within, inside uncertainty (single observation)"
    )
    assert line_with(text, "Stop time", "not measured") == (
        "Stop time not measured 4 s 0 all 2 candidates were excluded"
    )


def test_parameter_says_where_its_maximum_comes_from_and_how_sure_it_is() -> None:
    text = shown()

    assert line_with(text, "maximum", "0.612") == "maximum 0.612 s, expanded uncertainty 0.021 s (k = 2)"
    assert line_with(text, "from", "row 7") == "from a.log:3, measured from line 4 to 5 (row 7)"
    assert "26 from 0.100 to 0.612 s, median 0.200, mean 0.250, p95 0.300; the maximum covers 89.1 %" in text
    assert line_with(text, "net ") == (
        "net maximum 0.590 s, median 0.190 (without the tool's own answers in between; information)"
    )
    assert line_with(text, "from request") == (
        "from request maximum 0.751 s, median 0.310 (counted from the request; information)"
    )
    assert line_with(text, "set aside") == "set aside 2 values of runs without verdict PASS"
    assert line_with(text, "unanswered") == "unanswered 1 request, longest wait 35.001 s"
    assert line_with(text, "single observation: ") == (
        "values single observation: nothing is known of how much the time varies"
    )


def test_exclusions_and_flags_are_explained_in_one_line_each() -> None:
    text = shown()

    assert line_with(text, "NOOP") == "3 NOOP (T4): the connector already had the wanted status: silence is legal"
    assert line_with(text, "TARGET_ALT").startswith("1 TARGET_ALT (T2): another status")


def test_what_is_still_to_be_measured_names_the_test_cases() -> None:
    entry = " ".join(shown(width=300).split())

    assert "Stop time Stop/Stop TC_000_CS, TC_001_CS, TC_002_CS, TC_003_CS, TC_004_CS, TC_005_CS" in entry
    assert "TC_007_CS ... and 4 more" in entry
    assert "TC_011_CS" in shown(full=True)


def test_inputs_warnings_and_oddities_are_summed_up() -> None:
    text = shown()

    assert line_with(text, "logs", "octt-text") == "logs 1 octt-text: 1,200 lines, 10 messages"
    assert line_with(text, "skipped") == "skipped 2 lines (2 JSON ends inside a string); --list-skipped shows where"
    assert line_with(text, "odd") == "odd 2 ORPHAN: answer to no open CALL (P4) (first: a.log:6)"
    assert line_with(text, "ignored") == "ignored 1 file that is no log"
    assert "the log resolves only 1 s" in text
    assert "Incomplete: 3 of 4 applicable parameters measured." in text


def test_copies_of_logs_are_told_apart_from_what_is_no_log() -> None:
    ignored = [
        *DOCUMENT.ignored_inputs,
        IgnoredInput("b.log", "the same content as a.log, counted once", "a.log"),
        IgnoredInput("c.log", "the same content as a.log, counted once", "a.log"),
    ]
    text = shown(msgspec.structs.replace(DOCUMENT, ignored_inputs=ignored), width=200)

    assert line_with(text, "ignored") == "ignored 1 file that is no log"
    assert line_with(text, "copies") == (
        "copies 2 logs with the content of another one, counted once (first: b.log of a.log)"
    )


def test_of_many_reasons_for_skipping_the_commonest_are_named() -> None:
    reasons = {f"JSON is malformed, invalid character (byte {place})": 1 for place in range(500)}
    skipped = msgspec.structs.replace(
        DOCUMENT.skipped, count=515, reasons=reasons | {"no frame after the tag": 12, "message type 9": 3}
    )
    text = shown(msgspec.structs.replace(DOCUMENT, skipped=skipped), width=300)
    assert line_with(text, "skipped") == (
        "skipped 515 lines (12 no frame after the tag, 3 message type 9, 1 JSON is malformed, invalid character (byte 0), "
        "1 JSON is malformed, invalid character (byte 1), 498 for 498 other reasons); --list-skipped shows where"
    )


def test_complete_result_says_so() -> None:
    document = msgspec.structs.replace(DOCUMENT, parameters=[MEASURED], complete=True, still_to_measure=[], warnings=[])

    text = shown(document)

    assert "Complete: 1 applicable parameter, all measured." in text
    assert "Still to be measured" not in text
    assert "Warnings" not in text


def test_unknown_role_asks_for_it() -> None:
    nobody = DutInfo(None, None, None, None, None, None, None, None, None, [])
    parameter = msgspec.structs.replace(NOT_MEASURED, applicable=False)
    text = shown(msgspec.structs.replace(DOCUMENT, dut=nobody, parameters=[parameter]))

    assert "Performance of the device under test: role unknown\n" in text
    assert "use --role or --pics" in text


def test_policy_that_differs_is_shown_and_digits_round_up() -> None:
    text = shown(msgspec.structs.replace(DOCUMENT, policy=DIFFERENT_POLICY))

    assert "digits: 2 (default null)" in text
    assert line_with(text, "Triggered function", "26") == "Triggered function 0.62 s 0.5 s 26 above"
    assert "differs from the default" not in shown()


def test_analogy_is_labelled() -> None:
    assert "BY ANALOGY" in shown(msgspec.structs.replace(DOCUMENT, basis="by analogy"))
    assert "BY ANALOGY" not in shown()


def test_long_list_of_combinations_is_cut_unless_full_with_the_slowest_first() -> None:
    many = [combination(f"Action{n:02}", n / 10) for n in range(13)]
    document = msgspec.structs.replace(DOCUMENT, parameters=[msgspec.structs.replace(BOUND, combinations=many)])

    text = shown(document)

    assert [word for word in text.split() if word.startswith("Action")] == [f"Action{n:02}" for n in range(12, 2, -1)]
    assert "... and 3 more (--full shows all)" in text
    assert "Action00" in shown(document, full=True)


def test_combination_apart_from_the_headline_is_marked() -> None:
    assert "Apart/X (not in the headline)" in shown()


def test_full_lists_inputs_and_runs_with_their_fate() -> None:
    left_out = msgspec.structs.replace(RUN, left_out="role_mismatch", notes=["header disagrees"])
    text = shown(msgspec.structs.replace(DOCUMENT, runs=[left_out]), full=True, width=160)

    assert line_with(text, "111111111111") == "a.log octt-text 1200 10 2 111111111111"
    assert "left out: role_mismatch; header disagrees" in text
    assert line_with(text, "runs", "left out") == "runs 1, 1 left out"


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("document", [DOCUMENT, HOSTILE_DOCUMENT], ids=["plain", "hostile"])
def test_no_line_is_wider_than_the_terminal(document: AnalysisDocument, width: int) -> None:
    lines = shown(document, width=width, full=True).splitlines()

    assert max(map(len, lines)) <= width


def test_80_columns_show_every_figure() -> None:
    text = shown(width=80)

    for figure in ("0.7 s", "> 35.000 s (no answer)", "1.488 s", "1500 ms", "not measured", "not applicable"):
        assert figure in text


def test_hostile_texts_stay_text() -> None:
    text = shown(HOSTILE_DOCUMENT, width=400, full=True)

    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\\x1b[31m[bold red]=cmd|'/c calc'!A1[/]\\x00<&>\"\\ud800\\n" in text


def test_colour_only_when_wanted() -> None:
    coloured = render(DOCUMENT, width=100, colour=True)

    assert "\x1b[31mabove" in coloured
    assert "\x1b" not in render(DOCUMENT, width=100, colour=False)


def test_environment_does_not_change_the_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shown(width=100)
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "20", "TERM": "dumb", "TTY_COMPATIBLE": "1"}.items():
        monkeypatch.setenv(name, value)

    assert shown(width=100) == plain
