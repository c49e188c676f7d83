from __future__ import annotations

from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml

from perfkit.core.decision_rule import DecisionRule
from perfkit.core.errors import LabError
from perfkit.core.lab.kinds import Entries
from perfkit.core.lab.load import load_lab, read_lab
from perfkit.core.lab.model import Lab, Person, Recorder
from perfkit.core.lab.schema import json_schema
from perfkit.core.lab.table import FORM, SECTIONS, TOP_LEVEL
from perfkit.core.lab.template import lab_template
from perfkit.core.pics.field import Field

FIELDS = [pytest.param(section, field, id=f"{section}.{field.key}") for (section, _), field in FORM.fields.items()]


def document(section: str, field: Field, value: str) -> str:
    return f"{section}:\n  {field.key}: {value}\n" if section else f"{field.key}: {value}\n"


def findings(text: str) -> list[str]:
    with pytest.raises(LabError) as caught:
        load_lab(text, "lab.yaml")
    return str(caught.value).splitlines()


def test_a_laboratory_is_read() -> None:
    lab = load_lab(
        """
        laboratory:
          name: 試験所 Zürich
          people:
            - {name: A. Berg, role: head, authorises: yes}
            - name: B. Ohm
        test: {from: 2026-06-08, logs_recorded_by: vendor}
        decision_rule: guarded
        opinions: {text: "good: very", author: A. Berg}
        """,
        "lab.yaml",
    )

    assert lab.laboratory.name == "試験所 Zürich"
    assert lab.laboratory.people == (Person("A. Berg", "head", True), Person("B. Ohm", None, False))
    assert (lab.test.tested_from, lab.test.logs_recorded_by) == ("2026-06-08", Recorder.VENDOR)
    assert lab.decision_rule.rule is DecisionRule.GUARDED
    assert [(opinion.text, opinion.author) for opinion in lab.opinions] == [("good: very", "A. Berg")]
    assert lab.source == "lab.yaml"


def test_everything_wrong_is_said_at_once_with_its_place() -> None:
    text = (
        "laboratory: {nam: x, people: [{nme: a, role: b}, {name: c, name: d}, 3]}\n"
        "customr: x\n"
        "test: {from: 2026-02-30, to: soon, logs_recorded_by: nobody}\n"
        "decision_rule: guardd\n"
    )
    assert findings(text) == [
        "lab.yaml:1:14: unknown key 'laboratory.nam'; did you mean 'name'?",
        "lab.yaml:1:31: laboratory.people: the entry has no `name:` [7.8.2.1 o]",
        "lab.yaml:1:32: laboratory.people: unknown key 'nme'; did you mean 'name'? [7.8.2.1 o]",
        "lab.yaml:1:60: laboratory.people: name is stated twice, first in line 1; remove one [7.8.2.1 o]",
        "lab.yaml:1:70: laboratory.people: expected a list of entries with `name:`, `role:`, `authorises:`, found '3' "
        "[7.8.2.1 o]",
        "lab.yaml:2:1: unknown key 'customr'; did you mean 'customer'?",
        "lab.yaml:3:14: test.from: there is no day '2026-02-30' in the calendar [7.8.2.1 i]",
        "lab.yaml:3:30: test.to: expected a date (2026-06-08), found 'soon' [7.8.2.1 i]",
        "lab.yaml:3:54: test.logs_recorded_by: expected one of laboratory, vendor, other, found 'nobody' [7.8.2.1 p]",
        "lab.yaml:4:16: decision_rule.rule: expected one of none, simple, guarded, non_binary, found 'guardd'; did you "
        "mean 'guarded'? [7.8.6; ILAC-G8:09/2019, 4.2]",
    ]


@pytest.mark.parametrize("entry", ["{role: x}", "{name: null, role: x}"])
def test_an_entry_without_its_name_is_refused(entry: str) -> None:
    assert findings(f"laboratory: {{people: {entry}}}") == [
        "lab.yaml:1:22: laboratory.people: the entry has no `name:` [7.8.2.1 o]"
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "null\n"])
def test_an_empty_file_names_the_command_that_writes_a_template(text: str) -> None:
    assert findings(text) == ["lab.yaml:1:1: the file is empty; `perfkit init` writes a template"]


def test_other_yaml_is_no_laboratory_file() -> None:
    assert findings("- a\n") == [
        "lab.yaml:1:1: a laboratory file holds keys with values (`laboratory:`, `customer:`), not a list"
    ]


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"lab\.yaml: cannot be read: No such file"):
        read_lab(tmp_path / "lab.yaml")


def test_a_paragraph_is_kept_whole_and_one_too_long_is_refused() -> None:
    assert load_lab("test: {sampling: '  one\n  two '}", "l").test.sampling == "one two"
    assert findings(f"test: {{sampling: {'x' * 4001}}}") == [
        "lab.yaml:1:18: test.sampling: 4001 characters are too many, 4000 are allowed [7.8.2.1 k]"
    ]


@pytest.mark.parametrize(("section", "field"), FIELDS)
def test_the_example_of_a_key_is_accepted_and_changes_the_values(section: str, field: Field) -> None:
    text = document(section, field, field.example)

    assert load_lab(text, "l") != load_lab(document(section, field, "null"), "l")
    jsonschema.Draft202012Validator(json_schema()).validate(_typed(text))


def _typed(text: str) -> dict[str, object]:
    """As an editor reads it: dates stay text, yes is a flag."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's way
            key: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
            for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    loaded: dict[str, object] = yaml.load(text, Loader)  # noqa: S506 - a safe loader
    return loaded


def test_every_key_is_an_attribute_and_every_attribute_a_key() -> None:
    top = {info.encode_name: info for info in msgspec.structs.fields(Lab)}
    assert set(top) == {section.name for section in SECTIONS} | {field.key for field in TOP_LEVEL} | {"source"}
    for section in SECTIONS:
        keys = {info.encode_name for info in msgspec.structs.fields(top[section.name].type)}
        assert keys == {field.key for field in section.fields}


def test_every_key_of_an_entry_is_an_attribute() -> None:
    kinds = {field.key: field.kind for (_, _), field in FORM.fields.items() if isinstance(field.kind, Entries)}

    assert set(kinds) == {"people", "equipment", "opinions"}
    assert [field.key for field in kinds["people"].fields] == list(Person.__struct_fields__)


def test_the_template_states_nothing_and_is_accepted() -> None:
    text = lab_template()

    assert load_lab(text, "l") == Lab(schema="perfkit.lab/1", source="l")
    jsonschema.Draft202012Validator(json_schema()).validate(yaml.safe_load(text))
    assert all(len(line) <= 120 for line in text.splitlines())
