from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from perfkit.core.errors import InputError
from perfkit.core.sample import Reason, RowKind
from perfkit.report.notebook.results import Nothing, Results, Shown, read_results
from perfkit.report.result_json import result_json
from tests.perfkit.report.documents import DOCUMENT, RUN
from tests.perfkit.report.network_documents import DOCUMENT as NETWORK
from tests.perfkit.report.report_inputs import sample_of

ROWS = (
    sample_of(1, 0.5, parameter="triggered_function_timeout", time=RUN.start),
    sample_of(2, 0.25, flags=()),
    sample_of(3, None, kind=RowKind.EXCLUSION, reason=Reason.NOOP, in_headline=False),
)


def results(**rest: object) -> Results:
    return Results(DOCUMENT, ROWS, (("n.json", NETWORK),), ())


def test_documents_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(result_json(DOCUMENT))
    (tmp_path / "n.json").write_text(result_json(NETWORK))

    read = read_results(tmp_path / "result.json", network=[tmp_path / "n.json"])

    assert read.document == DOCUMENT
    assert list(read.network["file"]) == [str(tmp_path / "n.json")] * len(NETWORK.technologies)
    assert len(read.observations) == 0


def test_samples_beside_the_result_are_found(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(result_json(DOCUMENT))
    header = (
        "number,parameter,kind,combination,value_s,from_request_s,first_s,net_s,in_headline,reason,flags,phase,station"
    )
    rest = ",test_case,verdict,file,request_line,from_line,to_line,time\n"
    row = "4,response_timeout,observation,Reset,0.612,,,,true,,,,,TC_001_CS,PASS,a.log,3,3,5,2026-06-08T05:21:40.5\n"
    (tmp_path / "samples.csv").write_text(header + rest + row)

    assert list(read_results(tmp_path / "result.json").observations["value_s"]) == [0.612]


def test_values_and_exclusions_are_tables_of_their_own() -> None:
    assert list(results().observations["number"]) == [1, 2]
    assert list(results().exclusions["reason"]) == ["NOOP"]


def test_charts_are_svg_with_words() -> None:
    chart = results().chart("ecdf", "triggered_function_timeout")
    assert isinstance(chart, Shown)

    shown = chart._repr_mimebundle_()

    assert shown["image/svg+xml"].startswith("<svg ")
    assert shown["text/plain"].startswith("Triggered function: empirical distribution, n = 1. Step curve")
    assert chart.figure.axes[0].get_xlabel() == "Triggered function / s"


def test_nothing_to_draw_is_a_sentence() -> None:
    chart = results().chart("ecdf", "authorize_response_time")

    assert isinstance(chart, Nothing)
    assert repr(chart) == "Response time Authorize: no distribution to show, csms only (A.4)."


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'pie' is not a valid ChartKind"):
        results().chart("pie")


def test_without_a_result_the_tables_are_empty() -> None:
    empty = read_results()

    assert [len(table) for table in (empty.parameters, empty.combinations, empty.runs, empty.observations)] == [0] * 4
    assert empty.measured == []


def test_a_log_whose_name_is_no_utf_8(tmp_path: Path) -> None:
    told = msgspec.to_builtins(DOCUMENT)
    told["inputs"][0]["path"] = "b\udce4d.log"
    (tmp_path / "result.json").write_text(json.dumps(told))

    document = read_results(tmp_path / "result.json").document

    assert document is not None
    assert document.inputs[0].path == "b\\udce4d.log"


def test_a_file_that_is_no_result_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("{}")

    with pytest.raises(InputError, match=r"result\.json is not a result document of perfkit"):
        read_results(tmp_path / "result.json")
    with pytest.raises(InputError, match="No such file"):
        read_results(tmp_path / "absent.json")
