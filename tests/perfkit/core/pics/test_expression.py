from __future__ import annotations

import itertools

import pytest

from perfkit.core.pics.expression import ALWAYS, Above, AllOf, AnyOf, AtLeast, Below, Lists, Not, Stated, Unless

A = Stated("s.a", (True,), "a holds")
B = Stated("s.b", (True,), "b holds")
C = Stated("s.c", (True,), "c holds")
T, F, U = True, False, None

# Kleene's strong connectives, written by hand: (a, b, a and b, a or b).
KLEENE = [
    (T, T, T, T), (T, F, F, T), (T, U, U, T),
    (F, T, F, T), (F, F, F, F), (F, U, F, U),
    (U, T, U, T), (U, F, F, U), (U, U, U, U),
]  # fmt: skip


def facts(**values: bool | None) -> dict[str, object]:
    return {f"s.{name}": value for name, value in values.items() if value is not None}


@pytest.mark.parametrize(("a", "b", "both", "either"), KLEENE)
def test_and_and_or(a: bool | None, b: bool | None, both: bool | None, either: bool | None) -> None:
    stated = facts(a=a, b=b)

    assert AllOf(A, B).truth(stated) is both
    assert AnyOf(A, B).truth(stated) is either
    assert Not(A).truth(stated) is (None if a is None else not a)


def test_at_least_two_of_three() -> None:
    for values in itertools.product((T, F, U), repeat=3):
        sure, possible = values.count(T), values.count(T) + values.count(U)
        wanted = True if sure >= 2 else None if possible >= 2 else False

        assert AtLeast(2, A, B, C).truth(facts(a=values[0], b=values[1], c=values[2])) is wanted


def test_only_keys_that_could_decide_are_missing() -> None:
    assert AllOf(A, B).missing(facts(a=T)) == ("s.b",)
    assert AllOf(A, B).missing(facts(a=F)) == ()
    assert AnyOf(A, B).missing(facts(a=T)) == ()
    assert AnyOf(A, AllOf(A, B)).missing({}) == ("s.a", "s.b")
    assert AllOf(AnyOf(A, B), C).missing(facts(a=T)) == ("s.c",)
    assert Not(A).missing({}) == ("s.a",)


def test_a_condition_without_parts_always_holds() -> None:
    assert ALWAYS.truth({}) is True
    assert ALWAYS.missing({}) == ()


def test_numbers_and_lists() -> None:
    assert Below("l.n", 5).truth({"l.n": 4}) is True
    assert Below("l.n", 5).truth({"l.n": 5}) is False
    assert Below("l.n", 5).truth({}) is None
    assert Above("l.n", "l.m").truth({"l.n": 2, "l.m": 1}) is True
    assert Above("l.n", "l.m").truth({"l.n": 1, "l.m": 1}) is False
    assert Above("l.n", "l.m").truth({"l.n": 1}) is None
    assert Above("l.n", "l.m").missing({"l.n": 1}) == ("l.m",)
    assert Lists("l.list", "x").truth({"l.list": ["x", "y"]}) is True
    assert Lists("l.list", "x").truth({"l.list": ["y"]}) is False
    assert Lists("l.list", "x").truth({"l.list": []}) is None


def test_silence_decides_unless() -> None:
    assert Unless("s.a", False).truth({}) is True
    assert Unless("s.a", False).truth({"s.a": True}) is True
    assert Unless("s.a", False).truth({"s.a": False}) is False
    assert Unless("s.a", False).missing({}) == ()


def test_a_condition_says_itself_in_words() -> None:
    assert AllOf(A, AnyOf(B, Not(C, "c does not hold"))).words == "a holds and (b holds or c does not hold)"
    assert AllOf(A).words == "a holds"
    assert AtLeast(2, A, B, C).words == "at least 2 of these hold: a holds; b holds; c holds"
