"""Everything that is made from the table of keys is complete and in step with it."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from perfkit.core.pics.field import Field
from perfkit.core.pics.kinds import Choice, Kind, Several
from perfkit.core.pics.load import load_pics
from perfkit.core.pics.model import DutType, Pics
from perfkit.core.pics.reference import pics_reference
from perfkit.core.pics.schema import json_schema
from perfkit.core.pics.table import EXCLUSIONS, FIELDS, SECTIONS, TOP_LEVEL
from perfkit.core.pics.template import pics_template
from perfkit.core.policy import DEFAULT_POLICY

ROOT = Path(__file__).parents[4]
ROWS = [pytest.param(section, field, id=f"{section}.{field.key}") for (section, _), field in FIELDS.items()]


def document(section: str, field: Field, value: str) -> str:
    return f"{section}:\n  {field.key}: {value}\n" if section else f"{field.key}: {value}\n"


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json_schema())


def test_every_key_is_an_attribute_and_every_attribute_a_key() -> None:
    top = {info.encode_name: info for info in msgspec.structs.fields(Pics)}
    assert set(top) == {section.name for section in SECTIONS} | {field.key for field in TOP_LEVEL} | {"source"}
    for section in SECTIONS:
        keys = [info.encode_name for info in msgspec.structs.fields(top[section.name].type)]
        assert keys == [field.key for field in section.fields]


@pytest.mark.parametrize(("section", "field"), ROWS)
def test_the_example_of_a_key_is_accepted_and_changes_the_values(section: str, field: Field) -> None:
    text = document(section, field, field.example)
    assert validator().is_valid(yaml.safe_load(text))
    if field.example == "none":
        return  # what holds anyway
    assert load_pics(text, "p") != load_pics(document(section, field, "null"), "p")


@pytest.mark.parametrize(("section", "field"), ROWS)
def test_a_null_of_any_key_is_the_default(section: str, field: Field) -> None:
    text = document(section, field, "null")
    assert load_pics(text, "p") == Pics(source="p")
    assert validator().is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(("section", "field"), ROWS)
def test_every_documented_spelling_is_accepted(section: str, field: Field) -> None:
    for word, member in spellings(field.kind).items():
        written, meant = document(section, field, f"'{word}'"), document(section, field, f"'{member}'")
        assert load_pics(written, "p") == load_pics(meant, "p")
        assert validator().is_valid(yaml.safe_load(written))


def spellings(kind: Kind) -> dict[str, str]:
    choice = kind.item if isinstance(kind, Several) else kind
    if not isinstance(choice, Choice):
        return {}
    return {**{member: member for member in choice.members}, **choice.spellings}


def test_no_key_is_ambiguous() -> None:
    for section in SECTIONS:
        keys = [field.key.casefold() for field in section.fields]
        synonyms = [word.casefold() for field in section.fields for word in field.synonyms]
        assert len({*keys, *synonyms}) == len(keys) + len(synonyms), section.name
    names = [name.casefold() for item in SECTIONS for name in (item.name, *item.synonyms)]
    assert len(set(names)) == len(names)


def test_rules_speak_of_keys_that_exist() -> None:
    for rule in EXCLUSIONS:
        known = spellings(FIELDS[rule.section, rule.key].kind)
        assert set(rule.values) <= set(known)
        assert rule.forbidden in FIELDS
        assert f"{rule.section}.{rule.key}" in rule.reason


def test_clauses_of_the_method_name_sections_that_exist() -> None:
    headings = re.findall(r"^## (\d+) ", (ROOT / "docs" / "method.md").read_text(encoding="utf-8"), re.MULTILINE)
    cited = {clause for field in FIELDS.values() for clause in re.findall(r"docs/method\.md (\d+)", field.clause)}
    assert cited
    assert cited <= set(headings)


@pytest.mark.parametrize("dut_type", list(DutType))
def test_the_template_is_valid_and_states_only_its_type(dut_type: DutType) -> None:
    text = pics_template(dut_type)
    pics = load_pics(text, "p")
    assert pics.dut == Pics(dut=msgspec.structs.replace(Pics().dut, type=dut_type)).dut
    assert pics.policy == DEFAULT_POLICY
    assert pics.performance == Pics().performance
    validator().validate(yaml.safe_load(text))
    assert max(map(len, text.splitlines())) <= 120


def test_the_template_offers_what_its_type_may_state() -> None:
    offered = {kind: set(yaml.safe_load(pics_template(kind))["performance"]) for kind in DutType}
    assert offered[DutType.CSMS] == {"response_timeout", "authorize_response_time"}
    assert offered[DutType.CHARGING_STATION] == {
        "triggered_function_timeout",
        "response_timeout",
        "remote_start_authorization_time",
        "remote_stop_authorization_time",
    }


def test_the_template_holds_every_other_key() -> None:
    texts = [yaml.safe_load(pics_template(kind)) for kind in DutType]
    for section in SECTIONS:
        assert {key for text in texts for key in text[section.name]} == {field.key for field in section.fields}


def test_the_schema_is_a_schema() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "perfkit.pics/1"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "text",
    [
        "unknown: 1",
        "dut: {unknown: 1}",
        "dut: {connectors: '2'}",
        "performance: {response_timeout: 0}",
        "performance: {response_timeout: 0 s}",
        "performance: {response_timeout: 5 min}",
        "{dut: {type: CS}, performance: {authorize_response_time: 1}}",
        "{dut: {type: central_system}, performance: {triggered_function_timeout: 1 s}}",
        "{dut: {type: csms, product_subtype: mode_1_2_only}}",
        "communication: {technology: Wi-Fi, mobile_generations: [4g]}",
    ],
)
def test_the_schema_refuses(text: str) -> None:
    assert not validator().is_valid(yaml.safe_load(text))


def test_the_reference_is_up_to_date() -> None:
    page = (ROOT / "docs" / "pics.md").read_text(encoding="utf-8")
    assert page == pics_reference(), "run: perfkit pics reference > docs/pics.md"


def test_the_reference_names_every_key_and_its_example_is_valid() -> None:
    page = pics_reference()
    for field in FIELDS.values():
        assert f"| `{field.key}` |" in page
    example = page.split("```yaml\n")[1].split("```")[0]
    pics = load_pics(example, "p")
    assert pics.dut.firmware == "1.10.2"
    assert sum(value is not None for value in pics.performance.by_key().values()) == 4


def test_the_schema_field_names_the_format() -> None:
    assert load_pics("schema: perfkit/pics/1", "p").schema == "perfkit.pics/1"
