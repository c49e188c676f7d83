from __future__ import annotations

import gc

import pytest

from perfkit.core.garbage import COLLECT_EVERY, rare_collections


def test_collections_are_rare_inside_and_as_before_outside() -> None:
    before = gc.get_threshold()

    with rare_collections():
        inside = gc.get_threshold()
        with rare_collections():
            assert gc.get_threshold() == inside
        assert gc.get_threshold() == inside

    assert inside == (COLLECT_EVERY, *before[1:])
    assert gc.get_threshold() == before


def test_an_error_leaves_no_trace() -> None:
    before = gc.get_threshold()

    with pytest.raises(ValueError, match="spoilt"), rare_collections():
        raise ValueError("spoilt")

    assert gc.get_threshold() == before
