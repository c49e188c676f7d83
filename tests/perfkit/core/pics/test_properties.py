"""Whatever is in the file, the answer is a Pics or findings with places; the schema and the reader agree."""

from __future__ import annotations

import json

import jsonschema
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from perfkit.core.errors import PicsError
from perfkit.core.pics.field import Field
from perfkit.core.pics.kinds import Choice, Duration, Flag, Integer, Kind, Several, StatedDuration
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import DutType, Pics
from perfkit.core.pics.schema import json_schema
from perfkit.core.pics.table import SECTIONS, TOP_LEVEL
from perfkit.core.pics.template import pics_template

SMALL = """\
dut: {type: charging_station, vendor: "Example", connectors: 2}
communication:
  technology: mobile
  mobile_generations: [2g, 4g]
performance:
  response_timeout: 2.50  # as stated
  remote_stop_authorization_time: 500 ms
policy:
  aggregate: p95
"""
SNIPPETS = ["\t", "\n", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "'", '"', "#", "|", ">", "%", "@", "---\n", "null",
            "? ", "<<: ", "0", "-", "1e9", ",", "\\", "é", "\u2028", "\x85", "\ufeff", "\x00", "  ", "dut:", "technology: wifi"]  # fmt: skip
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def outcome(text: str) -> Pics | PicsError:
    try:
        return load_pics(text, "perf.yaml")
    except PicsError as error:
        return error


def check(text: str) -> None:
    answer = outcome(text)
    if isinstance(answer, Pics):
        assert answer.source == "perf.yaml"
        return
    assert answer.findings
    lines = len(text.splitlines()) + 1
    for finding in answer.findings:
        assert finding.message
        assert "\n" not in str(finding)
        assert finding.line is None or 1 <= finding.line <= lines
        assert finding.column is None or 1 <= finding.column <= len(text) + 1


edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 8), st.sampled_from(SNIPPETS) | st.text(max_size=3)),
    min_size=1,
    max_size=6,
)


def mutated(text: str, changes: list[tuple[float, int, str]]) -> str:
    for place, removed, inserted in changes:
        start = int(place * len(text))
        text = text[:start] + inserted + text[start + removed :]
    return text


@settings(max_examples=400, deadline=None)
@given(edits)
def test_a_mutated_file_gives_a_pics_or_findings(changes: list[tuple[float, int, str]]) -> None:
    check(mutated(SMALL, changes))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(DutType), edits)
def test_a_mutated_template_gives_a_pics_or_findings(dut_type: DutType, changes: list[tuple[float, int, str]]) -> None:
    check(mutated(pics_template(dut_type), changes))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from([*SNIPPETS, "a", "dut"]), max_size=15).map("".join))
def test_any_text_gives_a_pics_or_findings(text: str) -> None:
    check(text)


def good_values(kind: Kind) -> st.SearchStrategy[object]:
    if isinstance(kind, Several):
        return good_values(kind.item) | st.lists(good_values(kind.item), max_size=3)
    if isinstance(kind, Choice):
        return st.sampled_from([*kind.members, *kind.spellings])
    if isinstance(kind, Flag):
        return st.booleans()
    if isinstance(kind, Integer):
        return st.integers(kind.minimum, kind.maximum)
    if isinstance(kind, StatedDuration):
        return st.floats(1e-9, 86400) | st.sampled_from([1, 86400, "2", "2 s", "2.50 s", "500 ms", "0.5ms", "9999s"])
    if isinstance(kind, Duration):
        return st.floats(0, kind.maximum_s) | st.sampled_from([0, 1, "1", "500 ms", "0.5ms", "0.25 s"])
    return (
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12) | st.integers()
    )


STRANGE: list[object] = [True, False, None, -1, 0, 1.5, 2.0, 10**9, "", " ", "nonsense", "5 min", "0 s", "x" * 201, [], [None], [[]], ["4g", "x"], {}, {"a": 1}]  # fmt: skip
strange = st.sampled_from(STRANGE)


def mostly_good(kind: Kind) -> st.SearchStrategy[object]:
    return st.integers(0, 9).flatmap(lambda chance: strange if chance == 9 else good_values(kind))


def fields_document(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, object]]:
    """Few keys at a time, most of them good, so that both answers are frequent."""
    entry = st.one_of([st.tuples(st.just(field.key), mostly_good(field.kind)) for field in fields])
    return st.lists(entry, max_size=3).map(dict)


sections = {section.name: fields_document(section.fields) | st.sampled_from([None]) for section in SECTIONS}
sections["communication"] |= st.sampled_from(["wifi", "Wi-Fi", "mobile", "lte"])
documents = st.builds(
    lambda chosen, top, odd: {**chosen, **top, **odd},
    st.fixed_dictionaries({}, optional=sections),
    fields_document(TOP_LEVEL),
    st.sampled_from([{}] * 8 + [{"dutt": {}}, {"dut": []}, {"policy": "x"}]),
)


@settings(max_examples=600, deadline=None)
@example({"policy": {"queue_tolerance_s": "0 s"}})
@example({"policy": {"log_clock_offset_s": "-1.5 s"}})
@example({"policy": {"queue_tolerance_s": "-1 s"}})
@example({"performance": {"response_timeout": "0 s"}})
@example({"policy": {"log_clock": -1}})
@given(documents)
def test_the_schema_and_the_reader_agree(document: dict[str, object]) -> None:
    unshared = json.loads(json.dumps(document))  # else PyYAML writes an alias for a list that stands twice
    text = yaml.safe_dump(unshared, allow_unicode=True, sort_keys=False)
    answer = outcome(text)
    if isinstance(answer, PicsError) and all(" contradicts " in finding.message for finding in answer.findings):
        return  # JSON Schema does not know the contradictions between keys
    assert isinstance(answer, Pics) == VALIDATOR.is_valid(yaml.safe_load(text)), f"{text}\n{answer}"


@settings(max_examples=200, deadline=None)
@given(st.decimals(min_value="0.001", max_value="9999", places=3), st.integers(0, 3))
def test_a_stated_value_is_worth_the_same_in_every_spelling(seconds: object, extra_zeros: int) -> None:
    spelled = [f"{seconds}{'0' * extra_zeros}", f"{seconds} s", f"{format(float(str(seconds)) * 1000, '.0f')} ms"]
    values = [
        load_pics(f"performance: {{response_timeout: {text}}}", "p").performance.response_timeout for text in spelled
    ]
    assert [value.value_s for value in values if value] == [float(str(seconds))] * 3
    assert [value.decimals for value in values if value] == [3 + extra_zeros, 3, 3]
