from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest

from perfkit.cli.main import main
from perfkit.cli.schema import SCHEMAS
from perfkit.core import analysis_record
from tests.perfkit.report.documents import DOCUMENT, HOSTILE_DOCUMENT
from tests.test_sample_logs import SAMPLES


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    main(list(words))
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_schema_is_valid_and_names_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    schema = printed(capsys, "schema", name)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"perfkit.{name}/1"


@pytest.mark.parametrize("words", [("charging_station", "perf.yaml"), ("csms", "perf-csms.yaml"), ("legacy", None)])
def test_results_of_the_sample_logs_follow_the_schema(
    words: tuple[str, str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, pics = words
    options = ["--pics", str(SAMPLES / pics)] if pics else []
    document = printed(capsys, "analyze", str(SAMPLES / folder), *options, "--json")

    assert document["parameters"]
    jsonschema.validate(document, printed(capsys, "schema", "analysis"))


@pytest.mark.parametrize("document", [DOCUMENT, HOSTILE_DOCUMENT], ids=["plain", "hostile"])
def test_every_outcome_and_every_none_follows_the_schema(
    document: analysis_record.AnalysisDocument, capsys: pytest.CaptureFixture[str]
) -> None:
    jsonschema.validate(msgspec.to_builtins(document), printed(capsys, "schema", "analysis"))


def test_every_field_is_in_the_schema_and_required(capsys: pytest.CaptureFixture[str]) -> None:
    definitions = printed(capsys, "schema", "analysis")["$defs"]

    assert isinstance(definitions, dict)
    structs = [
        thing
        for thing in vars(analysis_record).values()
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing is not msgspec.Struct
    ]
    assert {struct.__name__ for struct in structs} <= set(definitions)
    for struct in structs:
        assert set(definitions[struct.__name__]["properties"]) == set(struct.__struct_fields__)
        # What has a default was added after the first results; a reader of an older one takes it.
        wanted = {field.name for field in msgspec.structs.fields(struct) if field.required}
        assert set(definitions[struct.__name__].get("required", [])) == wanted


def test_unknown_document_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "wishes"]) == 2
    assert "analysis" in capsys.readouterr().err
