"""The notebook as a report embeds it, executed by a kernel of its own."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.core.errors import PerfkitError
from perfkit.report.content.build import build_content
from perfkit.report.inputs import ReportInputs
from perfkit.report.notebook import executed
from perfkit.report.notebook.executed import notebook_folder, render
from tests.perfkit.report.documents import DOCUMENT, RUN
from tests.perfkit.report.network_documents import DOCUMENT as NETWORK
from tests.perfkit.report.report_inputs import inputs_of, network_of, read_of, sample_of, samples_of

SECRET = "hunter2hunter2"  # noqa: S105
ROW = sample_of(1, 0.5, parameter="triggered_function_timeout", time=RUN.start)


def inputs_with_samples(tmp_path: Path, **rest: Any) -> ReportInputs:
    header = ",".join(ROW.__struct_fields__)
    fields = [getattr(ROW, name) for name in ROW.__struct_fields__]
    text = ",".join(
        "" if field in (None, ()) else str(field).lower() if field is True else str(field) for field in fields
    )
    samples = replace(samples_of(ROW), content=f"{header}\n{text}\n".encode())
    return inputs_of(DOCUMENT, samples=samples, **rest)


def outputs(notebook: Any) -> list[str]:
    """Texts of all outputs; an error would be among them."""
    shown = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            plain = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue")
            shown.append("".join(plain))
    return shown


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_notebook_is_executed_with_the_documents_as_its_only_input(tmp_path: Path) -> None:
    inputs = inputs_with_samples(tmp_path, network=network_of(NETWORK))
    content = build_content(inputs)

    data = render(content, inputs)

    notebook = json.loads(data)
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert sources[0].splitlines() == [
        f"report_id = {content.id!r}",
        "result = 'result.json'",
        "samples = 'samples.csv'",
        "network = ['network-1.json']",
        "monitor = []",
    ]
    shown = outputs(notebook)
    assert shown[0] == f"Report {content.id}\n"
    assert any(text.startswith("Triggered function: empirical distribution, n = 1.") for text in shown)
    assert any(text.startswith("The link as measured for the gate") for text in shown)
    assert [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"] == list(
        range(1, len(sources) + 1)
    )
    assert str(Path.cwd()) not in data.decode()
    assert render(content, inputs) == data


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_cell_that_fails_stops_the_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    notebook = json.loads((notebook_folder() / "network.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = ["raise RuntimeError('no such thing')"]
    (tmp_path / "network.ipynb").write_text(json.dumps(notebook))
    monkeypatch.setattr(executed, "notebook_folder", lambda: tmp_path)
    inputs = inputs_of(None, network=network_of(NETWORK))

    with pytest.raises(PerfkitError, match="the notebook stopped: RuntimeError: no such thing"):
        render(build_content(inputs), inputs)


@pytest.mark.skipif(os.name != "posix", reason="sockets in folders are of POSIX")
@pytest.mark.parametrize(("length", "transport"), [(97, "ipc"), (99, "tcp")])
def test_a_folder_that_no_socket_can_lie_in(length: int, transport: str) -> None:
    manager = executed._kernel_manager(Path("/" + "t" * length))

    assert manager.transport == transport


@pytest.mark.parametrize(
    ("rest", "name"),
    [
        ({"analysis": None, "network": network_of(NETWORK)}, "network"),
        ({"analysis": read_of(DOCUMENT)}, "performance"),
        ({"analysis": read_of(DOCUMENT), "network": network_of(NETWORK)}, "certificate"),
        ({"analysis": read_of(DOCUMENT), "monitor": (Path("m.jsonl"),)}, "certificate"),
    ],
)
def test_the_notebook_fits_the_inputs(rest: dict[str, Any], name: str) -> None:
    assert executed._name(replace(inputs_of(None), **rest)) == name


def test_secrets_do_not_reach_the_folder_of_the_notebook(tmp_path: Path) -> None:
    read = read_of(DOCUMENT)
    told = replace(read, content=read.content.replace(b'"b1"', f'"AuthorizationKey: {SECRET}"'.encode()))
    assert SECRET.encode() in told.content

    list(executed._inputs(tmp_path, replace(inputs_of(None), analysis=told)))

    assert SECRET.encode() not in (tmp_path / "result.json").read_bytes()
    assert json.loads((tmp_path / "result.json").read_bytes())["schema"] == "perfkit.analysis/1"
