"""Conditions over a PICS as data, with three values: true, false, and None where the PICS does not say enough.

The connectives are Kleene's strong ones: `false and unknown` is false, `true or unknown` is true (docs/decisions/0014).
A condition says itself in words, so that what is printed is what was evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

Facts = Mapping[str, object]
"""What a PICS states, by full key (`features.C-07`); keys that are not stated are absent."""


class Expression(Protocol):
    """A condition."""

    @property
    def words(self) -> str:
        """The condition, as the end of a sentence that begins with "applies if"."""
        ...

    def truth(self, facts: Facts) -> bool | None:
        """Whether it holds; None when the facts do not tell."""
        ...

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The keys that are not stated and could decide it; empty when it is decided."""
        ...


@dataclass(frozen=True, slots=True)
class Stated:
    """The PICS states one of `values` for `key`."""

    key: str
    values: tuple[object, ...]
    words: str

    def truth(self, facts: Facts) -> bool | None:
        """None when the key is not stated."""
        return facts[self.key] in self.values if self.key in facts else None

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The key, if it is not stated."""
        return () if self.key in facts else (self.key,)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression
    words: str = ""

    def truth(self, facts: Facts) -> bool | None:
        """The opposite; the opposite of unknown is unknown."""
        value = self.part.truth(facts)
        return None if value is None else not value

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """Those of the part."""
        return self.part.missing(facts)


class AtLeast:
    """At least `count` of the parts hold."""

    __slots__ = ("count", "parts")

    def __init__(self, count: int, *parts: Expression) -> None:
        """`count` of `parts`."""
        self.count = count
        self.parts = parts

    @property
    def words(self) -> str:
        """The parts, and how many of them."""
        return f"at least {self.count} of these hold: {'; '.join(part.words for part in self.parts)}"

    def truth(self, facts: Facts) -> bool | None:
        """True when enough parts hold whatever the unknown ones are, false when too few can."""
        values = [part.truth(facts) for part in self.parts]
        if values.count(True) >= self.count:
            return True
        return None if values.count(True) + values.count(None) >= self.count else False

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """Those of the unknown parts while it is undecided."""
        return _missing(self.parts, facts) if self.truth(facts) is None else ()


def _missing(parts: Iterable[Expression], facts: Facts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for part in parts for key in part.missing(facts)))


def _joined(connective: str, whole: AtLeast) -> str:
    """The words of the parts; those of the other connective stand in brackets."""
    if len(whole.parts) == 1:
        return whole.parts[0].words
    return connective.join(
        f"({part.words})" if isinstance(part, AtLeast) and type(part) is not type(whole) else part.words
        for part in whole.parts
    )


class AnyOf(AtLeast):
    """One of the parts holds."""

    __slots__ = ()

    def __init__(self, *parts: Expression) -> None:
        """One of `parts`."""
        super().__init__(1, *parts)

    @property
    def words(self) -> str:
        """The parts, joined by "or"."""
        return _joined(" or ", self)


class AllOf(AtLeast):
    """All of the parts hold; without parts it always does."""

    __slots__ = ()

    def __init__(self, *parts: Expression) -> None:
        """All of `parts`."""
        super().__init__(len(parts), *parts)

    @property
    def words(self) -> str:
        """The parts, joined by "and"."""
        return _joined(" and ", self)


ALWAYS = AllOf()
"""The condition of a row that has none."""


@dataclass(frozen=True, slots=True)
class Below:
    """A number of the PICS is less than `limit`."""

    key: str
    limit: int
    words: str = ""

    def truth(self, facts: Facts) -> bool | None:
        """None when the number is not stated."""
        number = facts.get(self.key)
        return number < self.limit if isinstance(number, int) else None

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The key, if it is not stated."""
        return () if self.key in facts else (self.key,)


@dataclass(frozen=True, slots=True)
class Above:
    """A number of the PICS is greater than another one."""

    key: str
    other: str
    words: str = ""

    def truth(self, facts: Facts) -> bool | None:
        """None when one of them is not stated."""
        number, other = facts.get(self.key), facts.get(self.other)
        return number > other if isinstance(number, int) and isinstance(other, int) else None

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """What is not stated of the two."""
        return tuple(key for key in (self.key, self.other) if key not in facts)


@dataclass(frozen=True, slots=True)
class Lists:
    """A list of the PICS holds `value`."""

    key: str
    value: str
    words: str = ""

    def truth(self, facts: Facts) -> bool | None:
        """None when the list is not stated."""
        members = facts.get(self.key)
        return self.value in members if isinstance(members, list | tuple) and members else None

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The key, if it is not stated."""
        return () if self.key in facts else (self.key,)


@dataclass(frozen=True, slots=True)
class Unless:
    """The PICS does not state `value` for `key`, be it that it states another or none; never unknown."""

    key: str
    value: object
    words: str = ""

    def truth(self, facts: Facts) -> bool | None:
        """False only when that very value is stated."""
        return facts.get(self.key) != self.value

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """Nothing: silence decides too."""
        return ()
