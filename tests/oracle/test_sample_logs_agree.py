"""Two independent truths: what the generator of ``sample_logs`` intended and what the naive oracle finds."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.rules import Row, rows_of

SAMPLES = Path(__file__).parents[2] / "sample_logs"


def found_in(role: str) -> dict[tuple[str, str, int], Row]:
    """The oracle's rows of all logs of a role."""
    return {
        (path.name, row.parameter, row.request_line): row
        for path in sorted((SAMPLES / role).iterdir())
        for row in rows_of(path.read_text(encoding="utf-8"))
    }


def compared(row: dict[str, Any]) -> dict[str, Any]:
    """The fields that both define; of an exclusion the line that decided and the strata are matters of view."""
    names = ["kind", "reason", "value_ms", "in_headline", "from_line"]
    if row["kind"] != "exclusion":
        names += ["combination", "to_line"]
    return {name: row[name] for name in names} | {"flags": set(row["flags"])}


@pytest.mark.parametrize("role", ["charging_station", "csms"])
def test_the_oracle_finds_what_the_generator_intended(role: str) -> None:
    parameters = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))[role]["parameters"]
    wanted = {
        (row["file"], key, row["request_line"]): row
        for key, parameter in parameters.items()
        for row in parameter["rows"]
    }
    found = found_in(role)
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        assert compared(vars(found[key])) == compared(row), key
