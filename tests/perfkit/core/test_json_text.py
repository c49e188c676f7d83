from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.json_text import Container, Node, Scalar, json_in, scalars

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def as_python(node: Node, text: str) -> object:
    if isinstance(node, Scalar):
        assert not node.is_text or node.value == json.loads(text[node.start : node.end])
        return json.loads(text[node.start : node.end])
    if node.is_object:
        return {name: as_python(item, text) for name, item in node.items}
    return [as_python(item, text) for _, item in node.items]


@given(JSON, st.sampled_from([None, 2]), st.booleans())
def test_valid_json_is_read_as_the_standard_library_reads_it(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps([value], indent=indent, ensure_ascii=ascii_only)
    if isinstance(value, bool) or value is None:
        value = [value]  # an array that begins with a word is not looked for
        text = json.dumps({"a": value}, indent=indent, ensure_ascii=ascii_only)
        (root,) = json_in(text)
        assert as_python(root, text) == {"a": value}
        return
    (root,) = json_in(text)
    assert as_python(root, text) == [value]


@given(st.text(alphabet='[]{}",:\\n1a\n ', max_size=60))
def test_any_text_is_survived_and_the_places_are_those_of_the_values(text: str) -> None:
    for root in json_in(text):
        for scalar in scalars(root):
            assert 0 <= scalar.start < scalar.end <= len(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('[12:24:30:763] [msg-in]  [3,"a",{"b":"c"}]', ["3", "a", "c"]),
        ('[2,"a","B",{"x":"cut\n[3,"q",{}]', ["2", "a", "B", "cut", "3", "q"]),
        ('{"a":"b\\', ["b"]),
        ('{"a":1 "b":"comma lost"}', ["1", "comma lost"]),
        ("[[[", []),
        ("[info] {x}", []),
        ('{"a" 1}', ["a"]),
    ],
)
def test_cut_and_damaged_json_gives_what_is_there(text: str, values: list[str]) -> None:
    assert [scalar.value for root in json_in(text) for scalar in scalars(root)] == values


def test_deep_nesting_ends_instead_of_exhausting_the_stack() -> None:
    depths = list(json_in("[" * 10_000))
    assert all(isinstance(root, Container) for root in depths)
    assert len(depths) == 10_000 // 200


def test_a_member_is_found_whatever_its_case() -> None:
    (root,) = json_in('{"Key": "x"}')
    found = root.member("key")
    assert isinstance(found, Scalar)
    assert found.value == "x"
    assert root.member("other") is None
