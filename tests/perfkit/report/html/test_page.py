"""The HTML page, read by Python's own parser, against the result document."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from html import unescape as html_text

import msgspec
import pytest

from perfkit.core.analysis_record import Outcome
from perfkit.core.lab.model import Lab, Laboratory
from perfkit.core.sample import Reason, RowKind
from perfkit.report.content.build import build_content
from perfkit.report.content.model import Logo
from perfkit.report.html.page import breakable, render
from perfkit.report.inputs import ReportInputs
from tests.perfkit.report import network_documents
from tests.perfkit.report.documents import DOCUMENT, HOSTILE_DOCUMENT
from tests.perfkit.report.report_inputs import (
    Page,
    Quoted,
    at,
    inputs_of,
    network_of,
    parsed,
    read_page,
    sample_of,
    samples_of,
)

ROWS = (
    sample_of(7, 0.6123, parameter="triggered_function_timeout", combination="ReserveNow/StatusNotification"),
    sample_of(8, 0.2),
    sample_of(9, None, kind=RowKind.EXCLUSION, reason=Reason.CLOCK_STEP, in_headline=False),
)
ATTACKS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=http://example.org/x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7*7 }}{% for x in y %}",
    "--><!--]]>",
    "javascript:alert(1)",
)


def html(inputs: ReportInputs, *, charts: bool = False) -> bytes:
    """The page; without charts, which take matplotlib a second each."""
    with pytest.MonkeyPatch.context() as patch:
        if not charts:
            patch.setattr("perfkit.report.html.page.drawn_charts", lambda content, inputs: {})
        return render(build_content(inputs), inputs)


def page(inputs: ReportInputs, *, charts: bool = False) -> Page:
    return read_page(html(inputs, charts=charts))


@pytest.fixture(scope="module")
def full() -> Page:
    """Everything on one page, charts and logo too."""
    logo = Logo("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo")
    network = network_of(network_documents.DOCUMENT)
    return page(inputs_of(DOCUMENT, samples=samples_of(*ROWS), network=network, logo=logo), charts=True)


def decimals(text: str) -> Decimal:
    """The number in a printed text: `> 35.000 s (no answer)`, `1,200`, `89.1 %`."""
    match = re.search(r"-?\d[\d,]*(?:\.\d+)?", text)
    assert match is not None, text
    return Decimal(match[0].replace(",", ""))


def is_rounded(quoted: Quoted) -> bool:
    """Whether the printed number is the value to the decimals printed, in one of the ways of rounding."""
    printed = decimals(quoted.text)
    value = Decimal(repr(quoted.value)) * (
        100 if "%" in quoted.text else 1000 if " ms" in quoted.text and quoted.document == "analysis" else 1
    )
    ways = {value.quantize(printed, rounding) for rounding in (ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR)}
    return printed in ways


def test_every_printed_figure_is_the_number_of_the_document() -> None:
    quoted = page(inputs_of(DOCUMENT)).quoted
    document = parsed(DOCUMENT)

    assert [entry for entry in quoted if at(document, entry.pointer) != entry.value] == []
    assert [entry for entry in quoted if not is_rounded(entry)] == []
    assert len(quoted) > 80


def test_every_value_of_every_parameter_is_printed() -> None:
    pointers = {entry.pointer for entry in page(inputs_of(DOCUMENT)).quoted}
    names = ("measured_s", "median_s", "p95_s", "max_s", "count", "uncertainty_s")
    measured = [n for n, entry in enumerate(DOCUMENT.parameters) if entry.outcome is Outcome.MEASURED]

    assert {f"/parameters/{n}/{name}" for n in measured for name in names} <= pointers
    assert measured == [0, 1, 3]


def test_a_figure_that_differs_would_be_found() -> None:
    right, wrong = (Quoted(0.6123, "analysis", "/parameters/0/max_s", text) for text in ("0.613 s", "0.614 s"))

    assert is_rounded(right)
    assert not is_rounded(wrong)


def test_figures_lead_to_their_raw_lines() -> None:
    lines = {"a.log": {7: "[msg-out] <here>"}}
    shown = page(inputs_of(DOCUMENT, samples=samples_of(*ROWS), raw_lines=lines))
    targets = [str(attributes["href"]) for tag, attributes in shown.tags if tag == "a" and attributes.get("href")]

    assert "#row-7" in targets
    assert {target[1:] for target in targets} <= set(shown.ids())
    assert "[msg-out] <here>" in shown.text
    assert "the log was not at hand" in shown.text


def test_ids_are_unique(full: Page) -> None:
    assert sorted(full.ids()) == sorted(set(full.ids()))
    assert len(full.ids()) > 100


def test_nothing_is_loaded_from_elsewhere(full: Page) -> None:
    loads = [
        str(attributes[name])
        for tag, attributes in full.tags
        for name in ("src", "href", "xlink:href", "action", "poster", "srcset", "background")
        if attributes.get(name)
    ]

    assert [url for url in loads if not url.startswith(("#", "data:image/"))] == []
    assert not [tag for tag, _ in full.tags if tag in {"link", "iframe", "object", "embed", "base", "form"}]
    assert "@import" not in html(inputs_of(DOCUMENT)).decode()


def test_the_policy_allows_the_one_script_and_nothing_else() -> None:
    import base64
    import hashlib

    shown = page(inputs_of(DOCUMENT))
    policy = next(str(a["content"]) for tag, a in shown.tags if a.get("http-equiv") == "Content-Security-Policy")
    (script,) = shown.scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [a for _, a in shown.tags if any(name.startswith("on") for name in a)]


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_texts_stay_text(attack: str) -> None:
    run = msgspec.structs.replace(DOCUMENT.runs[0], title=attack, file=attack)
    dut = msgspec.structs.replace(DOCUMENT.dut, vendor=attack)
    document = msgspec.structs.replace(DOCUMENT, runs=[run], dut=dut, warnings=[attack])
    lab = Lab(laboratory=Laboratory(name=attack))
    rows = samples_of(sample_of(1, 0.5, file=attack, combination=attack, test_case=attack))
    plain = page(inputs_of(DOCUMENT, samples=samples_of(ROWS[1]), raw_lines={"a.log": {8: "x"}}, lab=lab))
    shown = page(inputs_of(document, samples=rows, raw_lines={attack: {1: attack}}, lab=lab))

    assert attack in shown.text
    assert {tag for tag, _ in shown.tags} <= {tag for tag, _ in plain.tags}
    assert len(shown.scripts) == 1
    assert not [a for _, a in shown.tags if any(name.startswith("on") for name in a)]


def test_a_document_full_of_hostile_texts_is_laid_out() -> None:
    shown = page(inputs_of(HOSTILE_DOCUMENT))

    assert "\\x1b[31m[bold red]=cmd|'/c calc'!A1[/]\\x00<&>\"\\ud800" in shown.text
    assert len(shown.scripts) == 1


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("short", "short"),
        ("ChangeAvailability/StatusNotification", "Change|Availability/|Status|Notification"),
        ("a.log:1-2 and more words", "a.log:1-2 and more words"),
        ("0" * 40, "0" * 16 + "|" + "0" * 16 + "|" + "0" * 8),
        ("<b>ClickHereNow</b></b>", "&lt;b&gt;Click|Here|Now&lt;/|b&gt;&lt;/|b&gt;"),
        ("a<wbr>&&&&&&&&&&&&&", "a&lt;wbr&gt;&amp;" + "&amp;" * 12),
    ],
)
def test_long_words_may_break_and_stay_text(text: str, marked: str) -> None:
    shown = str(breakable(text))

    assert shown == marked.replace("|", "<wbr>")
    assert html_text(shown.replace("<wbr>", "")) == text


def test_names_in_other_scripts_are_printed_as_they_are() -> None:
    dut = msgspec.structs.replace(DOCUMENT.dut, vendor="充電株式会社", model="Ладья «22»")

    assert "充電株式会社 Ладья «22»" in page(inputs_of(msgspec.structs.replace(DOCUMENT, dut=dut))).text


def test_the_same_inputs_give_the_same_bytes() -> None:
    inputs = inputs_of(DOCUMENT, samples=samples_of(ROWS[1]))

    assert html(inputs, charts=True) == html(inputs, charts=True)


def test_tables_name_their_columns_and_rows() -> None:
    shown = page(inputs_of(DOCUMENT, samples=samples_of(*ROWS)))
    headings = [attributes.get("scope") for tag, attributes in shown.tags if tag == "th"]

    assert set(headings) == {"col", "row"}
    assert sum(tag == "caption" for tag, _ in shown.tags) == sum(tag == "table" for tag, _ in shown.tags)
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in shown.tags}
    assert ("html", {"lang": "en"}) in shown.tags


def test_charts_have_words_for_those_who_do_not_see_them(full: Page) -> None:
    drawings = [attributes for tag, attributes in full.tags if attributes.get("class") == "drawing"]

    assert drawings
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in drawings)
    assert sum(tag == "svg" for tag, _ in full.tags) == len(drawings)


def test_five_thousand_observations_stay_of_a_size_that_can_be_mailed() -> None:
    many = [sample_of(number, number / 1000) for number in range(1, 5001)]
    lines = {"a.log": dict.fromkeys(range(1, 5002), "x" * 300)}
    data = html(inputs_of(DOCUMENT, samples=samples_of(*many), raw_lines=lines))

    assert 500_000 < len(data) < 4_000_000
    assert data.count(b"<tr>") > 5000


def test_what_is_too_long_for_paper_says_where_it_is() -> None:
    shown = page(inputs_of(DOCUMENT, samples=samples_of(*ROWS)))

    assert "The 3 rows are in the HTML version of this report and in samples.csv." in shown.text


def test_a_report_of_the_network_alone_is_laid_out() -> None:
    shown = page(inputs_of(None, network=network_of(network_documents.DOCUMENT, network_documents.HOSTILE_DOCUMENT)))

    assert "Test report: network of an OCPP test set-up" in shown.text
    assert len(shown.scripts) == 1
