from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from perfkit.core.sample import Code, Flag, Reason, Row, RowKind

METHOD = Path(__file__).parents[3] / "docs" / "method.md"


@pytest.mark.parametrize("code", [*Reason, *Flag])
def test_every_code_says_what_it_means_and_by_which_rule(code: Code) -> None:
    assert code == code.name
    assert code.sentence
    assert not code.sentence.endswith(".")
    assert code.rule


@pytest.mark.parametrize("code", [*Reason, *Flag])
def test_every_code_is_in_the_method(code: Code) -> None:
    assert f"`{code.value}`" in METHOD.read_text(encoding="utf-8")


def test_a_code_is_written_as_text() -> None:
    row = Row("p", RowKind.EXCLUSION, "c", 1, 1, None, reason=Reason.NOOP, flags=(Flag.DUP_ID,))

    written = msgspec.json.decode(msgspec.json.encode(row))

    assert (written["reason"], written["flags"], written["kind"]) == ("NOOP", ["DUP_ID"], "exclusion")
    assert written["value_ns"] is None
