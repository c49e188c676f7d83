"""The content of a report against the documents that it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from perfkit.core.analysis_record import Outcome, StillToMeasure
from perfkit.core.decision_rule import DecisionRule
from perfkit.core.lab.load import load_lab
from perfkit.core.network_record import Gate
from perfkit.core.sample import Flag, Reason, RowKind
from perfkit.report.content.blocks import NOT_STATED_BY_LABORATORY
from perfkit.report.content.build import build_content
from perfkit.report.content.model import (
    Amendment,
    Cell,
    EvidenceList,
    Fact,
    Facts,
    Figure,
    Notice,
    ReportContent,
    Section,
    Table,
    Tone,
)
from tests.perfkit.report import network_documents
from tests.perfkit.report.documents import DIFFERENT_POLICY, DOCUMENT, HOSTILE_DOCUMENT
from tests.perfkit.report.report_inputs import ISSUED, at, inputs_of, network_of, parsed, sample_of, samples_of

LAB = load_lab(
    """
    laboratory:
      name: Example Lab
      address: [1 Street, City]
      people: [{name: A. Berg, role: head, authorises: yes}, {name: B. Ohm}]
    customer: {name: Heliodyn}
    test: {from: 2026-06-08, to: 2026-06-09, logs_recorded_by: vendor, deviations: [TC_021 was repeated]}
    decision_rule: {rule: guarded, agreed: order 7}
    opinions: [{text: It is fast., author: A. Berg}]
    """,
    "lab.yaml",
)
MONITOR = Path(__file__).parents[4] / "sample_logs" / "network" / "monitor.jsonl"
LENGTH_OF_CHECKLIST = 31
"""Lines of the reference's table (7.8.2.1 a to p with the note, 7.8.2.2, 7.8.3.1 a to c, 7.8.7, 7.8.8, 6.x, 7.5, 7.11)."""


def every_section(sections: tuple[Section, ...]) -> Iterator[Section]:
    for section in sections:
        yield section
        yield from every_section(section.sections)


def tables(content: ReportContent) -> dict[str, Table]:
    blocks = [block for section in every_section(content.sections) for block in section.blocks]
    return {block.key: block for block in blocks if isinstance(block, Table)}


def section(content: ReportContent, key: str) -> Section:
    return next(entry for entry in every_section(content.sections) if entry.key == key)


def structs(value: object, kind: type) -> Iterator[object]:
    """Every struct of a kind below a value."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, msgspec.Struct):
        value = tuple(getattr(value, name) for name in value.__struct_fields__)
    if isinstance(value, tuple):
        for entry in value:
            yield from structs(entry, kind)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from texts(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from texts(entry)


def words(content: ReportContent) -> str:
    return "\n".join(texts(msgspec.to_builtins(content)))


def test_every_figure_is_the_number_at_its_place() -> None:
    document = parsed(DOCUMENT)
    figures = [figure for figure in structs(build_content(inputs_of(DOCUMENT)), Figure) if isinstance(figure, Figure)]

    assert {figure.document for figure in figures} == {"analysis"}
    assert [figure for figure in figures if at(document, figure.pointer) != figure.value] == []
    assert len(figures) > 80


def test_every_number_of_a_parameter_is_quoted() -> None:
    """What a reader may ask of the result is in the report; the numbers of places are in their text."""
    numbers = {"stated_s", "measured_s", "count", "median_s", "p95_s", "max_s", "uncertainty_s", "min_s", "mean_s"}
    numbers |= {"coverage", "set_aside"}
    quoted = {
        figure.pointer for figure in structs(build_content(inputs_of(DOCUMENT)), Figure) if isinstance(figure, Figure)
    }

    assert {f"/parameters/0/{name}" for name in numbers} <= quoted
    assert {"/parameters/1/unanswered", "/parameters/1/longest_wait_s", "/parameters/0/net/max_s"} <= quoted
    assert {"/parameters/0/combinations/1/p95_s", "/parameters/0/uncertainty_terms/0/u_s"} <= quoted


def test_each_outcome_is_told_apart_in_the_overview() -> None:
    rows = {
        row[0].text: [cell.text for cell in row[1:]]
        for row in tables(build_content(inputs_of(DOCUMENT)))["results"].rows
    }

    assert rows["Triggered function"] == ["0.5 s", "0.7 s", "0.021", "26", "0.200", "0.300", "0.612", "above"]
    assert rows["Response"][:2] == ["-", "> 35.000 s (no answer)"]
    assert rows["Start time"][-1] == "within, inside uncertainty (single observation)"
    assert [row[-1] for row in rows.values() if "CSMS" in row[-1] or "csms" in row[-1]] == [
        "not applicable: csms only (A.4)"
    ]
    assert [row[1] for row in rows.values()].count("not measured") == 1


def test_what_was_not_measured_stands_first_in_red_with_its_test_cases() -> None:
    content = build_content(inputs_of(DOCUMENT))
    (notice,) = [entry for entry in content.notices if entry.title == "Not measured"]
    missing = next(entry for entry in DOCUMENT.parameters if entry.outcome is Outcome.NOT_MEASURED)
    cells = [cell for cell in structs(tables(content)["results"], Cell) if isinstance(cell, Cell)]

    assert notice.tone is Tone.ALARM
    assert notice.sentences == (
        f"{missing.name}: {missing.reason}. Test cases to run: {', '.join(f'TC_{n:03}_CS' for n in range(12))}.",
    )
    assert {cell.text for cell in cells if cell.tone is Tone.ALARM} == {
        "not measured",
        f"not measured: {missing.reason}",
    }


def test_combinations_without_a_value_stand_with_the_test_cases_to_run() -> None:
    table = tables(build_content(inputs_of(DOCUMENT)))["still-to-measure"]
    missing = next(entry for entry in DOCUMENT.parameters if entry.outcome is Outcome.NOT_MEASURED)

    assert [[cell.text for cell in row] for row in table.rows] == [
        [missing.name, "Stop/Stop", ", ".join(f"TC_{n:03}_CS" for n in range(12))]
    ]
    assert table.rows[0][1].tone is Tone.ALARM


def test_no_notice_when_everything_is_measured() -> None:
    measured = [entry for entry in DOCUMENT.parameters if entry.outcome is not Outcome.NOT_MEASURED]
    complete = msgspec.structs.replace(DOCUMENT, parameters=measured, still_to_measure=[], complete=True)

    assert build_content(inputs_of(complete)).notices == ()


@pytest.mark.parametrize(
    ("dates", "issued", "sentences"),
    [
        ("received: 2026-06-08, from: 2026-06-08, to: 2026-06-08", "2026-06-08", []),
        ("from: 2026-06-08", "2026-06-07", []),  # the same moment may be another day where the tool stands
        (
            "from: 2026-06-08",
            "2026-06-06",
            ["date of issue, 2026-06-06, is before the last day of testing, 2026-06-08"],
        ),
        ("received: 2026-06-09", "2026-06-12", ["received the item on 2026-06-09; tests began on 2026-06-08"]),
        (
            "from: 2026-06-12, to: 2026-06-08",
            "2026-06-12",
            ["it tested from 2026-06-12 to 2026-06-08; the logs are from", "ended on 2026-06-08, before they began"],
        ),
    ],
)
def test_dates_that_contradict_each_other_are_told(dates: str, issued: str, sentences: list[str]) -> None:
    lab = load_lab(f"test: {{{dates}}}", "lab.yaml")
    moment = datetime.fromisoformat(f"{issued}T12:00:00+00:00")

    content = build_content(replace(inputs_of(DOCUMENT, lab=lab), issued=moment))
    told = [text for text in words(content).splitlines() if text.startswith(("The laboratory states", "The date of"))]

    assert len(told) == len(sentences)
    assert all(sentence in text for sentence, text in zip(sentences, told, strict=True))


def test_without_a_measured_parameter_there_is_no_empty_budget() -> None:
    unmeasured = [entry for entry in DOCUMENT.parameters if entry.outcome is not Outcome.MEASURED]
    content = build_content(inputs_of(msgspec.structs.replace(DOCUMENT, parameters=unmeasured)))

    assert "uncertainty" not in tables(content)
    assert "there is no uncertainty budget" in words(content)


def test_without_a_rule_no_conformity_is_stated() -> None:
    content = build_content(inputs_of(DOCUMENT, lab=LAB))
    text = words(content)

    assert "conformity" not in tables(content)
    assert "No statement of conformity is made" in text
    assert not {"Pass", "Fail", "Conditional pass", "Conditional fail"} & set(text.splitlines())


@pytest.mark.parametrize(
    ("rule", "triggered", "start"),
    [
        (DecisionRule.SIMPLE, "Fail", "Pass"),
        (DecisionRule.GUARDED, "Fail", "Fail"),
        (DecisionRule.NON_BINARY, "Fail", "Conditional pass"),
    ],
)
def test_a_chosen_rule_is_documented_and_applied(rule: DecisionRule, triggered: str, start: str) -> None:
    content = build_content(inputs_of(DOCUMENT, lab=LAB, decision_rule=rule))
    rows = {row[0].text: row[-1].text for row in tables(content)["conformity"].rows}
    facts = [fact for fact in structs(section(content, "conformity"), Fact) if isinstance(fact, Fact)]

    assert (rows["Triggered function"], rows["Start time"]) == (triggered, start)
    assert rows["Response"] == "no statement: the vendor states no value"
    assert "ILAC-G8:09/2019" in facts[0].cells[0].text
    assert facts[1].cells[0].text == ("order 7" if rule is DecisionRule.GUARDED else NOT_STATED_BY_LABORATORY)


def test_each_line_of_the_checklist_has_its_value_or_says_that_it_is_not_stated() -> None:
    without = tables(build_content(inputs_of(DOCUMENT)))["checklist"]
    stated = tables(build_content(inputs_of(DOCUMENT, lab=LAB)))["checklist"]

    assert len(without.rows) == LENGTH_OF_CHECKLIST
    assert all(cell.text for row in without.rows for cell in row)
    missing = {row[0].text for row in without.rows if row[2].text == NOT_STATED_BY_LABORATORY}
    assert missing == {
        "7.8.2.1 b",
        "7.8.2.1 c",
        "7.8.2.1 e",
        "7.8.2.1 g",
        "7.8.2.1 h",
        "7.8.2.1 k",
        "7.8.2.1 o",
        "7.8.2.1 p",
        "6.4",
        "6.5",
    }
    still = {row[1].text for row in stated.rows if row[2].text == NOT_STATED_BY_LABORATORY}
    assert still == {
        "place of the tests",
        "condition of the item",
        "contact of the customer",
        "date of receipt",
        "sampling plan",
        "equipment",
        "traceability",
    }


def test_the_checklist_points_to_sections_that_are_there() -> None:
    content = build_content(inputs_of(DOCUMENT, lab=LAB))
    numbers = {entry.number for entry in content.sections}

    assert {row[3].text for row in tables(content)["checklist"].rows} <= numbers | {"first page"}


def test_the_fixed_statements_are_there() -> None:
    text = words(build_content(inputs_of(DOCUMENT)))

    assert "The results relate only to the items tested." in text
    assert "shall not be reproduced except in full without the written approval" in text
    assert "were supplied by the customer (PICS)" in text


def test_laboratory_people_and_opinions_stand_apart() -> None:
    content = build_content(inputs_of(DOCUMENT, lab=LAB))

    assert content.laboratory is not None
    assert (content.laboratory.name, content.laboratory.address) == ("Example Lab", ("1 Street", "City"))
    assert "It is fast." in "\n".join(texts(msgspec.to_builtins(section(content, "opinions"))))
    assert "the vendor; the results rest on data that the customer supplied" in words(content)
    assert [entry.key for entry in build_content(inputs_of(DOCUMENT)).sections if entry.key == "opinions"] == []


def test_everything_that_a_laboratory_states_is_printed() -> None:
    stated = """
    report: {id: mark-of-report-id, title: mark-of-report-title}
    laboratory: {name: mark-of-laboratory-name, address: [street-1], contact: [mail-1], accreditation: granted-1,
                 people: [{name: person-1, role: role-1, authorises: yes}]}
    customer: {name: mark-of-customer-name, address: [street-2], contact: [mail-2]}
    test: {place: place-1, received: 2026-01-05, condition: condition-1, from: 2026-01-06, to: 2026-01-07,
           logs_recorded_by: other, network_measured_by: vendor, sampling: sampling-1, environment: environment-1,
           deviations: [deviation-1], equipment: [{name: thing-1, identification: number-1, calibration: state-1}],
           clock_traceability: clock-1}
    decision_rule: {rule: simple, agreed: agreed-1}
    opinions: [{text: opinion-1, author: author-1}]
    """
    text = words(build_content(inputs_of(DOCUMENT, lab=load_lab(stated, "l"), decision_rule=DecisionRule.SIMPLE)))
    wanted = (
        "street mail granted person role place condition sampling environment deviation thing number state clock agreed"
    )

    assert [word for word in (*wanted.split(), "opinion", "author") if f"{word}-1" not in text] == []
    assert [word for word in ("street-2", "mail-2", "2026-01-05", "2026-01-06", "2026-01-07") if word not in text] == []
    assert "mark-of-report-title" in text
    assert "a third party" in text


def test_days_that_differ_from_those_of_the_logs_are_said() -> None:
    text = words(build_content(inputs_of(DOCUMENT, lab=LAB)))

    assert "it tested from 2026-06-08 to 2026-06-09; the logs are from 2026-06-08 to 2026-06-08." in text


def test_deviations_warnings_and_switches_are_listed() -> None:
    content = build_content(inputs_of(msgspec.structs.replace(DOCUMENT, policy=DIFFERENT_POLICY), lab=LAB))
    text = "\n".join(texts(msgspec.to_builtins(section(content, "deviations"))))

    assert "TC_021 was repeated" in text
    assert "Switch digits: 2 (default null)." in text
    assert "the log resolves only 1 s" in text
    assert "Triggered function: 3 excluded (3 NOOP), 2 set aside (verdict)" in text
    assert [cell.text for cell in tables(content)["switches"].rows[0]] == ["digits", "2", "null"]


def test_an_amendment_is_said_on_the_first_page() -> None:
    content = build_content(inputs_of(DOCUMENT, amendment=Amendment("PK-1", "wrong serial number")))

    assert content.notices[0].sentences == ("This report amends and replaces report PK-1. Reason: wrong serial number",)
    assert content.amendment == Amendment("PK-1", "wrong serial number")


def test_a_record_of_the_link_gives_another_identification(tmp_path: Path) -> None:
    """It is drawn in the report, also where the analysis did not use it."""
    record = tmp_path / "monitor.jsonl"
    record.write_bytes(MONITOR.read_bytes())
    inputs = inputs_of(DOCUMENT, monitor=(record,))

    assert len({build_content(inputs_of(DOCUMENT)).id, build_content(inputs).id}) == 2


def test_the_identification_follows_what_the_report_is_made_from() -> None:
    first = build_content(inputs_of(DOCUMENT)).id
    others = [
        build_content(inputs_of(msgspec.structs.replace(DOCUMENT, warnings=[]))).id,
        build_content(inputs_of(DOCUMENT, lab=LAB)).id,
        build_content(inputs_of(DOCUMENT, decision_rule=DecisionRule.SIMPLE)).id,
        build_content(inputs_of(DOCUMENT, amendment=Amendment(first, "x"))).id,
        build_content(inputs_of(DOCUMENT, network=network_of(network_documents.DOCUMENT))).id,
        build_content(inputs_of(DOCUMENT, samples=samples_of(sample_of(1, 0.5)))).id,
    ]

    assert first.startswith(f"PK-{ISSUED:%Y%m%d}-")
    assert build_content(inputs_of(DOCUMENT)).id == first
    assert len({first, *others}) == len(others) + 1
    named = load_lab("report: {id: EX-7}", "l")
    assert build_content(inputs_of(DOCUMENT, lab=named)).id == "EX-7"


def test_gates_that_were_not_met_stay_in_the_report_with_their_repetition() -> None:
    missed = msgspec.structs.replace(network_documents.DOCUMENT, started="2026-06-08T06:10:00+02:00")
    met = msgspec.structs.replace(
        network_documents.DOCUMENT,
        started="2026-06-08T05:00:00+00:00",
        gate=Gate.MET,
        technologies=[network_documents.MET],
    )
    content = build_content(inputs_of(DOCUMENT, network=network_of(met, missed)))
    notices = [notice for notice in structs(section(content, "network"), Notice) if isinstance(notice, Notice)]

    assert notices[0].sentences == ("2026-06-08 04:10:00 UTC: gate NOT MET; repeated on 2026-06-08 05:00:00 UTC: met.",)
    assert [row[4].text for row in tables(content)["gates"].rows] == ["NOT MET", "met"]
    assert f"Network measured {notices[0].sentences[0]}" in words(content)


def test_the_gate_shows_each_value_beside_its_threshold() -> None:
    content = build_content(inputs_of(None, network=network_of(network_documents.DOCUMENT)))
    document = msgspec.to_builtins(network_documents.DOCUMENT)
    figures = [figure for figure in structs(content, Figure) if isinstance(figure, Figure)]
    rows = {row[0].text: [cell.text for cell in row[1:4]] for row in tables(content)["gate-1-2"].rows}

    assert rows["Bandwidth up"] == ["≥ 5 kB/s", "5.00 kB/s", "met"]
    assert rows["Latency (median, 84 bytes)"] == ["≤ 1000 ms", "62.8 ms", "met"]
    assert rows["RSSI (median)"] == ["≥ -81 dBm (CSQ 16)", "-69 dBm", "met"]
    assert [figure for figure in figures if at(document, figure.pointer) != figure.value] == []


def test_a_report_without_network_documents_says_so() -> None:
    assert "No document of `perfkit network` was given" in words(build_content(inputs_of(DOCUMENT)))


def rows_of_each_kind() -> tuple[object, ...]:
    return (
        sample_of(1, 0.2),
        sample_of(2, 0.4, flags=(Flag.CALL_ERROR,)),
        sample_of(3, 0.3),
        sample_of(4, None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP, in_headline=False),
        sample_of(5, 9.0, kind=RowKind.CENSORED, to_line=None),
    )


def test_the_raw_lines_stand_with_their_row_as_they_were_logged() -> None:
    rows = rows_of_each_kind()
    lines = {"a.log": {1: '[1] [2,"1","Reset",{}]', 2: "[2] <answer>", 4: "[4] x", 5: "y" * 3000}}
    content = build_content(inputs_of(DOCUMENT, samples=samples_of(*rows), raw_lines=lines))  # type: ignore[arg-type]
    proofs = {entry.id: entry for entry in content.evidence}

    assert set(proofs) == {f"row-{number}" for number in range(1, 6)}
    assert [(line.number, line.label, line.text) for line in proofs["row-1"].lines] == [
        (1, "request", '[1] [2,"1","Reset",{}]'),
        (2, "end", "[2] <answer>"),
    ]
    assert proofs["row-3"].lines[0].text is None
    assert [line.label for line in proofs["row-4"].lines] == ["request", "decided by"]
    assert proofs["row-4"].title == "Row 4: Reset, excluded as CLOCK_STEP"
    assert proofs["row-5"].title == "Row 5: Reset, no answer for 9.000 s"
    assert str(proofs["row-4"].lines[1].text).endswith("… (1,000 more characters)")


def test_every_list_of_raw_lines_is_there_and_each_stands_once() -> None:
    content = build_content(inputs_of(DOCUMENT, samples=samples_of(*rows_of_each_kind())))  # type: ignore[arg-type]
    listed = [name for entry in structs(content, EvidenceList) if isinstance(entry, EvidenceList) for name in entry.ids]

    assert sorted(listed) == sorted(entry.id for entry in content.evidence)
    assert len(listed) == len(set(listed))


def test_a_parameter_of_thousands_shows_all_rows_and_the_lines_of_the_telling_ones() -> None:
    many = [sample_of(number, number / 1000) for number in range(1, 5001)]
    excluded = sample_of(5001, None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP, in_headline=False)
    content = build_content(inputs_of(DOCUMENT, samples=samples_of(*many, excluded)))

    assert len(tables(content)["observations-response_timeout"].rows) == 5001
    assert len(content.evidence) == 500
    assert "row-5001" in {entry.id for entry in content.evidence}


def test_more_rows_than_a_page_can_hold_are_left_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit.report.content.observations.ROWS_LISTED", 3)
    content = build_content(inputs_of(DOCUMENT, samples=samples_of(*(sample_of(n, n / 10) for n in range(1, 9)))))
    table = tables(content)["observations-response_timeout"]

    assert (len(table.rows), table.caption, table.note) == (3, "Response: 8 rows", "and 5 more rows in samples.csv")


def test_secrets_never_get_into_the_content() -> None:
    line = '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"0011223344556677"}]'
    document = msgspec.structs.replace(
        DOCUMENT,
        warnings=["connecting to wss://station:hunter22@csms.example/x"],
        still_to_measure=[StillToMeasure("x", "Authorization: Basic c3RhdGlvbjpodW50ZXIyMg==", [])],
    )
    lines = {"a.log": {1: line, 2: "-----BEGIN PRIVATE KEY----- MIIEvQ"}}
    lab = load_lab("test: {environment: 'password: hunter22'}", "l")
    content = build_content(inputs_of(document, samples=samples_of(sample_of(1, 0.6123)), raw_lines=lines, lab=lab))

    assert "AuthorizationKey" in words(content)
    assert "csms.example" in words(content)
    for secret in ("0011223344556677", "hunter22", "MIIEvQ"):
        assert secret not in words(content)


def test_control_characters_and_half_surrogates_become_escapes() -> None:
    content = build_content(inputs_of(HOSTILE_DOCUMENT))
    text = words(content)

    assert "\\x1b[31m" in text
    assert "\\ud800" in text
    assert not {character for character in text if not character.isprintable()} - {"\n"}
    msgspec.json.decode(msgspec.json.encode(content), type=ReportContent)


def test_names_of_files_lose_the_folder_that_all_logs_share() -> None:
    inputs = [msgspec.structs.replace(DOCUMENT.inputs[0], path=f"camp/logs/{name}") for name in ("a.log", "b/c.log")]
    run = msgspec.structs.replace(DOCUMENT.runs[0], file="camp/logs/b/c.log")
    content = build_content(inputs_of(msgspec.structs.replace(DOCUMENT, inputs=inputs, runs=[run])))

    assert tables(content)["runs"].rows[0][5].text == "b/c.log:1-9"
    assert [row[0].text for row in tables(content)["logs"].rows] == ["a.log", "b/c.log"]
    assert str(tables(content)["logs"].note).startswith("All logs are in camp/logs.")


def test_keys_are_unique_and_sections_are_numbered() -> None:
    content = build_content(inputs_of(DOCUMENT, samples=samples_of(*rows_of_each_kind()), lab=LAB))  # type: ignore[arg-type]
    sections = list(every_section(content.sections))
    blocks = [block.key for entry in sections for block in entry.blocks if isinstance(block, Table)]

    assert len({entry.key for entry in sections}) == len(sections)
    assert len(set(blocks)) == len(blocks)
    numbers = [entry.number for entry in content.sections]
    annexes = numbers.index("A")
    assert numbers[:annexes] == [str(number) for number in range(1, annexes + 1)]
    assert numbers[annexes:] == ["A", "B", "C"]


def test_results_by_analogy_say_that_they_are_not_official() -> None:
    content = build_content(inputs_of(msgspec.structs.replace(DOCUMENT, basis="by analogy")))

    assert "Not official parameters" in [notice.title for notice in content.notices]


def test_facts_without_a_value_say_who_did_not_state_it() -> None:
    content = build_content(inputs_of(DOCUMENT))
    facts = {
        fact.label: fact.cells[0].text
        for block in section(content, "laboratory").blocks
        if isinstance(block, Facts)
        for fact in block.items
    }

    assert facts["Laboratory"] == facts["Customer"] == NOT_STATED_BY_LABORATORY


def test_a_statement_of_conformity_is_not_taken_for_a_password() -> None:
    content = build_content(inputs_of(DOCUMENT, decision_rule=DecisionRule.SIMPLE))

    text = words(content)
    assert "Pass (within, inside uncertainty" in text
    assert "[secret removed]" not in text
