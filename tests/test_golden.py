"""The documents of sample_logs, field by field. After a wanted change: `pytest tests/test_golden.py --update-golden`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from perfkit.core.pics.load import read_pics
from perfkit_analyzers.assess import analyze

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
CAMPAIGNS = {"charging_station": "perf.yaml", "csms": "perf-csms.yaml"}


def document_of(role: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The document without what differs between two runs or two machines; the digests stay."""
    monkeypatch.chdir(ROOT)
    pics = read_pics(Path("sample_logs", CAMPAIGNS[role]))
    document: dict[str, Any] = json.loads(msgspec.json.encode(analyze([f"sample_logs/{role}"], pics=pics).document))
    del document["provenance"], document["tool"]["version"]
    return document


def differences(wanted: Any, found: Any, where: str = "") -> Iterator[str]:
    """Every field that differs, as a path with both values."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in sorted(wanted.keys() | found.keys()):
            yield from differences(
                wanted.get(key, "(absent)"), found.get(key, "(absent)"), f"{where}.{key}".lstrip(".")
            )
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            named = one.get("key") or one.get("name") or one.get("reason") if isinstance(one, dict) else None
            yield from differences(one, other, f"{where}[{named or index}]")
    elif wanted != found:
        yield f"{where}: {wanted!r} became {found!r}"


@pytest.mark.parametrize("role", sorted(CAMPAIGNS))
def test_the_document_is_the_golden_one(
    role: str, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    path = GOLDEN / f"{role}.json"
    found = document_of(role, monkeypatch)
    if pytestconfig.getoption("--update-golden"):
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.skip(f"{path.name} written anew")
    changed = list(differences(json.loads(path.read_text(encoding="utf-8")), found))

    assert not changed, f"{len(changed)} fields differ:\n" + "\n".join(changed[:40])


def test_differences_name_the_field() -> None:
    wanted = {"parameters": [{"key": "p", "max_s": 1, "same": 2}], "gone": 1, "list": [1]}
    found = {"parameters": [{"key": "p", "max_s": 3, "same": 2}], "new": 1, "list": [1, 2]}

    assert list(differences(wanted, found)) == [
        "gone: 1 became '(absent)'",
        "list: [1] became [1, 2]",
        "new: '(absent)' became 1",
        "parameters[p].max_s: 1 became 3",
    ]
