"""What mypyc would change without a word, and that nothing else differs between compiled modules and sources."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from hatch_build import COMPILED_MODULES

PACKAGE = Path(__file__).parents[1] / "analyzers" / "perfkit_analyzers"


def options_of_classes(source: str) -> list[str]:
    """Classes with keywords, such as `frozen=True`: mypyc drops these."""
    classes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef))
    return [f"line {node.lineno}: {node.name}" for node in classes if node.keywords]


@pytest.mark.parametrize("pattern", COMPILED_MODULES)
def test_compiled_modules_define_no_class_with_options(pattern: str) -> None:
    files = sorted(PACKAGE.glob(pattern))

    assert files
    assert {file.name: options_of_classes(file.read_text(encoding="utf-8")) for file in files} == {
        file.name: [] for file in files
    }


def multiplications(source: str) -> list[str]:
    """Multiplications, repetitions included: mypyc ends the process when Ctrl-C comes during one of large numbers."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.BinOp | ast.AugAssign))
    return sorted(f"line {node.lineno}" for node in nodes if isinstance(node.op, ast.Mult | ast.Pow | ast.LShift))


@pytest.mark.parametrize("pattern", COMPILED_MODULES)
def test_compiled_modules_do_not_multiply(pattern: str) -> None:
    files = sorted(PACKAGE.glob(pattern))

    assert {file.name: multiplications(file.read_text(encoding="utf-8")) for file in files} == {
        file.name: [] for file in files
    }


def test_a_multiplication_is_found() -> None:
    assert multiplications("a = 3\nb = a * 7\nb *= a\nc = f(*a, **b) - 2") == ["line 2", "line 3"]


def test_a_class_with_options_is_found() -> None:
    assert options_of_classes("class A(Struct):\n    x: int\nclass B(Struct, frozen=True): ...") == ["line 3: B"]
