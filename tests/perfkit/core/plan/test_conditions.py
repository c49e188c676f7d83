"""What holds for every condition of Appendix C, whatever a PICS states."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.core.pics.model import DutType
from perfkit.core.plan.table import BLOCKS, rows

CHOICES: dict[str, list[object]] = {
    "features.C-06": ["yes", "no", "both"],
    "features.power_failure_stop": ["before", "after", "both"],
    "dut.product_subtype": ["none", "mode_1_2_only"],
}
CONDITIONS = [
    block.condition(row, dut_type)
    for block, _, row in rows()
    for dut_type in DutType
    if row.requirement(dut_type) is not None
]
KEYS = sorted({key for condition in CONDITIONS for key in condition.missing({})})
complete = st.fixed_dictionaries({key: st.sampled_from(CHOICES.get(key, [True, False])) for key in KEYS})


def test_every_key_of_a_condition_is_known_here() -> None:
    assert len(KEYS) == 17  # 2 of the DUT, 6 features, 5 profiles, 4 of security
    assert set(CHOICES) <= set(KEYS)
    assert len(BLOCKS) == 7


@settings(max_examples=60, deadline=None)
@given(complete, st.sets(st.sampled_from(KEYS)))
def test_what_is_decided_stays_whatever_is_stated_later(facts: dict[str, object], left_out: set[str]) -> None:
    partial = {key: value for key, value in facts.items() if key not in left_out}
    for condition in CONDITIONS:
        early, late = condition.truth(partial), condition.truth(facts)

        assert late is not None
        assert early in (None, late)


@settings(max_examples=60, deadline=None)
@given(complete, st.sets(st.sampled_from(KEYS)))
def test_only_the_missing_keys_decide(facts: dict[str, object], left_out: set[str]) -> None:
    partial = {key: value for key, value in facts.items() if key not in left_out}
    for condition in CONDITIONS:
        missing = set(condition.missing(partial))

        assert bool(missing) == (condition.truth(partial) is None)
        assert missing <= left_out
        decided = {**partial, **{key: facts[key] for key in missing}}
        assert condition.truth(decided) is condition.truth(facts)
