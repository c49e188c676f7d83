"""A plug-in that is in no table does not exist for the user; these tests find it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLUGIN_FOLDERS = {
    "perfkit_analyzers.readers": ROOT / "analyzers" / "perfkit_analyzers" / "readers",
    "perfkit_analyzers.parameters": ROOT / "analyzers" / "perfkit_analyzers" / "parameters",
    "perfkit_probes.monitor.sources": ROOT / "probes" / "perfkit_probes" / "monitor" / "sources",
    "perfkit_probes.radio": ROOT / "probes" / "perfkit_probes" / "radio",
}
NOT_PLUGINS = {"__init__", "base", "switching", "table"}  # switching: the change of modes, for every device


def modules_without_table_line(package: str, folder: Path) -> list[str]:
    files = {path.stem for path in folder.glob("*.py")}
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    plugins = (files | packages) - NOT_PLUGINS
    table = folder / "table.py"
    if not table.exists():
        return []
    return sorted(plugins - _mentioned_modules(package, table.read_text(encoding="utf-8")))


def _mentioned_modules(package: str, source: str) -> set[str]:
    """The modules of `package` that a table imports or names in a string (for those imported when needed)."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return {name.removeprefix(f"{package}.").split(".")[0] for name in names if name.startswith(f"{package}.")}


@pytest.mark.parametrize("package", list(PLUGIN_FOLDERS))
def test_every_plugin_is_in_its_table(package: str) -> None:
    assert modules_without_table_line(package, PLUGIN_FOLDERS[package]) == []


def test_forgotten_plugin_is_found(tmp_path: Path) -> None:
    for name in ("__init__", "base", "imported", "lazy", "forgotten"):
        (tmp_path / f"{name}.py").write_text('"""Empty."""\n')
    for name in ("large", "forgotten_large"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('"""Empty."""\n')
    (tmp_path / "table.py").write_text('from pack.imported import Thing\nLAZY = ["pack.lazy", "pack.large.device"]\n')

    assert modules_without_table_line("pack", tmp_path) == ["forgotten", "forgotten_large"]
