"""The notebooks' code runs on the results of the sample campaign; no kernel is needed for that."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from perfkit.cli.main import main

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MONITOR = ROOT / "sample_logs" / "network" / "monitor.jsonl"


def code_cells(notebook: Path) -> list[tuple[str, list[str]]]:
    """Source and tags of each cell of code."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        ("".join(cell["source"]), cell["metadata"].get("tags", [])) for cell in cells if cell["cell_type"] == "code"
    ]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    logs, pics = ROOT / "sample_logs" / "charging_station", ROOT / "sample_logs" / "perf.yaml"
    main(["analyze", str(logs), "--pics", str(pics), "--network", str(MONITOR), "--out", str(folder), "--quiet"])
    return folder / "result.json"


def executed(notebook: Path, parameters: dict[str, object]) -> tuple[dict[str, object], list[object]]:
    """The names after all cells, and what was displayed."""
    displayed: list[object] = []
    names: dict[str, object] = {"display": displayed.append}
    for source, tags in code_cells(notebook):
        exec(source, names)  # noqa: S102 - our own notebook
        if "parameters" in tags:
            names.update(parameters)
    return names, displayed


def test_the_three_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["certificate", "network", "performance"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_code_of_a_notebook_runs(notebook: Path, result: Path) -> None:
    pytest.importorskip("pandas", reason="the notebooks need the extra `frames`")
    parameters = {"report_id": "R-1", "result": result, "samples": None, "network": [], "monitor": [MONITOR]}

    names, displayed = executed(notebook, parameters)

    keys = [shown.key for shown in displayed]  # type: ignore[attr-defined]
    document = names["results"].document  # type: ignore[attr-defined]
    measured = [] if document is None else [entry.key for entry in document.parameters if entry.count]
    expected = [f"{kind}-{key}" for kind in ("ecdf", "per_action") for key in measured]
    assert len(measured) == (0 if notebook.stem == "network" else 4)
    expected += ["network"] * (notebook.stem != "performance") + ["timeline"] * (notebook.stem != "network")
    assert keys == expected


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_cell_of_parameters_that_only_assigns(notebook: Path) -> None:
    (source,) = [source for source, tags in code_cells(notebook) if tags == ["parameters"]]

    assert all(isinstance(statement, ast.Assign) for statement in ast.parse(source).body)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_is_typed_in_a_notebook(notebook: Path) -> None:
    numbers = [
        node.value
        for source, _ in code_cells(notebook)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)
    ]

    assert numbers == []
