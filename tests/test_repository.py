"""What must hold for every tracked file."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("perfkit", "analyzers", "probes")
MODULE_LINES = 400
FUNCTION_LINES = 50

# Written apart, so that this file does not contain what it looks for.
MACHINE_PATHS = [f"/{name}/" for name in ("home", "root", "tmp", "Users", "work")] + ["C:" + "\\Users"]
INDEX_HOSTS = ["py" + "pi.", "python" + "hosted.", "dev" + "pi", "arti" + "factory", "--index" + "-url"]
FORBIDDEN = re.compile("|".join(rf"(?<![\w.~-]){re.escape(text)}" for text in MACHINE_PATHS + INDEX_HOSTS))


def tracked_files() -> list[Path]:
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def forbidden_texts(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return [
        f"{path.name}:{number}: {match.group()}"
        for number, line in enumerate(text.splitlines(), 1)
        for match in FORBIDDEN.finditer(line)
    ]


def stored_outputs(notebook: Path) -> list[int]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        number
        for number, cell in enumerate(cells)
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"] is not None)
    ]


def is_only_docstring(source: str) -> bool:
    body = ast.parse(source).body
    return len(body) == 1 and ast.get_docstring(ast.parse(source)) is not None


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.name, lines


def test_no_file_names_a_machine_or_a_package_index() -> None:
    assert [finding for path in tracked_files() for finding in forbidden_texts(path)] == []


@pytest.mark.parametrize(
    "text", ["see /ho" + "me/ann/x", "open('/tm" + "p/x')", "https://py" + "pi.org", "--index" + "-url x"]
)
def test_machine_path_or_index_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"fine: docs/home/page.md\n{text}\n")

    assert [finding.split(": ")[0] for finding in forbidden_texts(path)] == ["notes.md:2"]


def test_no_notebook_stores_output() -> None:
    notebooks = [path for path in tracked_files() if path.suffix == ".ipynb"]

    assert {path.name: cells for path in notebooks if (cells := stored_outputs(path))} == {}


def test_stored_output_is_found(tmp_path: Path) -> None:
    clean: dict[str, object] = {"cell_type": "code", "outputs": [], "execution_count": None}
    run = {"cell_type": "code", "outputs": [], "execution_count": 3}
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown"}, clean, run]}))

    assert stored_outputs(path) == [2]


def test_every_package_file_is_only_a_docstring() -> None:
    packages = [path for path in tracked_files() if path.name == "__init__.py"]

    assert [path for path in packages if not is_only_docstring(path.read_text(encoding="utf-8"))] == []
    assert len(packages) >= 8


@pytest.mark.parametrize("source", ["", "import os\n", '"""Doc."""\nimport os\n', "x = 1\n"])
def test_package_file_with_code_is_found(source: str) -> None:
    assert not is_only_docstring(source)


def test_modules_and_functions_stay_small() -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in tracked_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in SOURCE_ROOTS
    }

    assert {name: lines for name, text in sources.items() if (lines := text.count("\n")) > MODULE_LINES} == {}
    assert {name: found for name, text in sources.items() if (found := list(long_functions(text)))} == {}


def test_long_function_is_found() -> None:
    source = "def short():\n    pass\n\ndef long():\n" + "    pass\n" * FUNCTION_LINES

    assert list(long_functions(source)) == [("long", FUNCTION_LINES + 1)]
