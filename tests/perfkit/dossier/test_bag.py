from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.core.errors import InputError
from perfkit.dossier.bag import info_text, manifest_text, read_info, read_manifest

PATHS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from("% \r\n"), min_size=1).filter(
    lambda path: path == path.strip() or path[:1] in "\r\n"
)


@given(st.dictionaries(PATHS, st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1))
def test_a_manifest_reads_as_it_was_written(digests: dict[str, str]) -> None:
    text = manifest_text(digests)
    assert text.count("\n") == len(digests)
    assert read_manifest(text, "m") == digests


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "m:1: is no line"),
        ("\n", "m:1: is no line"),
        ("0" * 64 + " data/x\n", "m:1: is no line"),
        ("0" * 63 + "  data/x\n", "m:1: is no line"),
        ("G" * 64 + "  data/x\n", "m:1: is no line"),
        ("0" * 64 + "  data/x\n\n", "m:2: is no line"),
        (("0" * 64 + "  data/x\n") * 2, "m:2: names data/x a second time"),
    ],
)
def test_anything_else_is_no_manifest(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_manifest(text, "m")


def test_fields_may_repeat_and_stay_on_one_line() -> None:
    text = info_text([("External-Identifier", "A"), ("External-Identifier", "B\nBag-Software-Agent: me")])
    assert text == "External-Identifier: A\nExternal-Identifier: B Bag-Software-Agent: me\n"
    assert read_info(text) == {"External-Identifier": ["A", "B Bag-Software-Agent: me"]}
