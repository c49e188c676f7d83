from __future__ import annotations

import pytest

from perfkit.dossier.names import clash, name_fault


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("", "is empty"),
        ("/etc/passwd", "is absolute"),
        ("../x", "leads out"),
        ("data/../../x", "leads out"),
        ("data//x", "holds an empty part"),
        ("data/./x", "holds an empty part"),
        ("data/", "holds an empty part"),
        ("C:/x", "':'"),
        ("data\\..\\x", "Windows cannot store"),
        ("data/a\nb", "Windows cannot store"),
        ("data/a\x00b", "Windows cannot store"),
        ("data/wh?t", "Windows cannot store"),
        ("data/trailing ", "ends in a dot or blank"),
        ("data/trailing./x", "ends in a dot or blank"),
        ("data/CON", "device"),
        ("data/nul.log", "device"),
        ("data/Com1.tar.gz", "device"),
        ("data/LPT³", "device"),
        ("data/\udcff.log", "is not UTF-8"),
        ("data/" + "x" * 241, "longer than 240"),
        ("data/" + "é" * 121, "longer than 240"),
        ("/".join(["x" * 100] * 11), "longer than 1000"),
    ],
)
def test_names_that_some_system_cannot_hold(path: str, fault: str) -> None:
    found = name_fault(path)
    assert found is not None
    assert fault in found


@pytest.mark.parametrize(
    "path",
    ["data/logs/TC_001.log", "data/Prüfung 1/日本.log", "data/..x/y", "data/CONSOLE", "data/COM10", "data/'=1+1'.csv"],
)
def test_names_that_every_system_holds(path: str) -> None:
    assert name_fault(path) is None


@pytest.mark.parametrize(
    ("paths", "pair"),
    [
        (["a/x.log", "a/X.LOG"], ("a/x.log", "a/X.LOG")),
        (["a/x", "A/y"], ("a", "A")),
        (["a/é", "a/e\u0301"], ("a/é", "a/e\u0301")),
        (["a/ß", "a/SS"], ("a/ß", "a/SS")),
        (["a", "a/b"], ("a", "a/b")),
    ],
)
def test_names_that_are_one_elsewhere(paths: list[str], pair: tuple[str, str]) -> None:
    assert clash(paths) == pair


def test_different_names_do_not_clash() -> None:
    assert clash(["a/b", "a/c", "ab", "b/a"]) is None
