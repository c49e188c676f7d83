"""Kinds of values in a PICS file: how each is read from its node, described in words, and as JSON Schema.

The schema of a kind accepts nothing that `read` refuses, with two exceptions: a duration with a unit ("90000 s") is
a text to JSON Schema, which cannot check its range, and no schema knows the names of all time zones. `read` is more
lenient in upper and lower case.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from perfkit.core.log_clock import ZONE_WORDING, zone_name
from perfkit.core.pics.tree import Node, Scalar, Sequence

MAX_TEXT = 200
MAX_DECIMALS = 9  # a nanosecond; finer decimals are kept in the value and not in the print
NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
# "500 ms": what stands for the number, then what stands for the unit.
QUANTITY = re.compile(r"\s*([+-]?[0-9._,]*(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL)
UNIT_EXPONENTS = {"": 0, "s": 0, "ms": -3}
ZONE_PATTERN = r"^(UTC|[+-](0[0-9]|1[0-4]):[0-5][0-9]|[A-Z][A-Za-z]+/[A-Za-z_/+-]+)$"
DURATION_PATTERN = r"(0|[1-9][0-9]{0,3})(\.[0-9]+)? ?(s|ms)?$"


class UnreadableValueError(Exception):
    """A value that does not fit its kind; one message for each node at fault."""

    def __init__(self, *faults: tuple[Node, str]) -> None:
        """Carry the faults in file order."""
        super().__init__("; ".join(message for _, message in faults))
        self.faults = faults


class Kind(Protocol):
    """What a field of the table must know of its values."""

    @property
    def wording(self) -> str:
        """What is expected, after "expected" and in the documentation."""

    def read(self, node: Node) -> object:
        """The value, never None; raises UnreadableValueError."""

    def schema(self) -> dict[str, object]:
        """JSON Schema of the value when it is not null."""


@dataclass(frozen=True, slots=True)
class Text:
    """Free text in one line. `1.10` stays as it is written; white space is collapsed."""

    wording: str = "text"

    def read(self, node: Node) -> object:
        """The text."""
        scalar = _scalar(node, self.wording)
        if scalar.is_flag:
            message = f"{scalar.text} without quotes is a yes/no value, not text; write '{scalar.text}' in quotes"
            raise UnreadableValueError((node, message))
        if len(scalar.text) > MAX_TEXT:
            message = f"{len(scalar.text)} characters are too many, {MAX_TEXT} are allowed"
            raise UnreadableValueError((node, message))
        text = " ".join(scalar.text.split())
        if not text:
            raise UnreadableValueError((node, "the text is empty; write null if it is not stated"))
        return text

    def schema(self) -> dict[str, object]:
        """A number is accepted too: it is what YAML makes of an unquoted 1.10."""
        return {"type": ["string", "number"], "maxLength": MAX_TEXT, "pattern": r"\S"}


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    wording: str = "yes or no"

    def read(self, node: Node) -> object:
        """True or False."""
        text = _scalar(node, self.wording).text.casefold()
        if text in {"yes", "true", "on"}:
            return True
        if text in {"no", "false", "off"}:
            return False
        raise _unexpected(node, self.wording)

    def schema(self) -> dict[str, object]:
        """Both the words of YAML 1.1 and those of 1.2, which editors follow."""
        return {"enum": [True, False, "yes", "no", "Yes", "No"]}


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within a range."""

    minimum: int
    maximum: int

    @property
    def wording(self) -> str:
        """The range."""
        return f"a whole number from {self.minimum} to {self.maximum}"

    def read(self, node: Node) -> object:
        """The number."""
        scalar = _scalar(node, self.wording)
        if scalar.is_quoted or not NUMBER.fullmatch(scalar.text):
            raise _unexpected(node, self.wording)
        number = Decimal(scalar.text)
        if not self.minimum <= number <= self.maximum or number != int(number):
            raise _unexpected(node, self.wording)
        return int(number)

    def schema(self) -> dict[str, object]:
        """The range."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True)
class Duration:
    """Seconds within a range, as a float; a bare number, or a text with the unit s or ms."""

    minimum_s: float
    maximum_s: float

    @property
    def wording(self) -> str:
        """The range and the spelling."""
        return f"seconds from {self.minimum_s:g} to {self.maximum_s:g} (2, 2.5, 500 ms)"

    def read(self, node: Node) -> object:
        """The seconds."""
        seconds, _ = _seconds(node, self.wording)
        if not Decimal(str(self.minimum_s)) <= seconds <= Decimal(str(self.maximum_s)):
            raise _unexpected(node, self.wording)
        return float(seconds)

    def schema(self) -> dict[str, object]:
        """A number in range, or a number with a unit."""
        number = {"type": "number", "minimum": self.minimum_s, "maximum": self.maximum_s}
        start = "^[+-]?" if self.minimum_s < 0 else "^"
        return {"anyOf": [number, {"type": "string", "pattern": start + DURATION_PATTERN}]}


@dataclass(frozen=True, slots=True)
class StatedDuration:
    """Seconds more than 0 as the vendor states them: with the decimals and the text (values of StatedValue)."""

    maximum_s: int = 86_400

    @property
    def wording(self) -> str:
        """The range and the spelling."""
        return f"seconds, more than 0 and at most {self.maximum_s} (2, 2.50, 2 s, 500 ms)"

    def read(self, node: Node) -> object:
        """The attributes of StatedValue."""
        seconds, text = _seconds(node, self.wording)
        if not Decimal("1e-9") <= seconds <= self.maximum_s:
            raise _unexpected(node, self.wording)
        exponent = int(seconds.as_tuple().exponent)  # an int: the pattern excludes infinities
        return {"value_s": float(seconds), "decimals": min(max(0, -exponent), MAX_DECIMALS), "text": text}

    def schema(self) -> dict[str, object]:
        """A number in range, or a number with a unit."""
        number = {"type": "number", "minimum": 1e-9, "maximum": self.maximum_s}
        return {"anyOf": [number, {"type": "string", "pattern": "^(?=.*[1-9])" + DURATION_PATTERN}]}


@dataclass(frozen=True, slots=True)
class ClockZone:
    """The zone that a clock shows: an offset from UTC, or a named zone with its summer time."""

    wording: str = ZONE_WORDING

    def read(self, node: Node) -> object:
        """The zone in one spelling."""
        scalar = _scalar(node, self.wording)
        if NUMBER.fullmatch(scalar.text.strip()):  # YAML makes a number of it: 2, +2 and 02 would be one
            raise _unexpected(node, self.wording, "; write an offset with its minutes")
        try:
            return zone_name(scalar.text)
        except ValueError as error:
            raise UnreadableValueError((node, str(error))) from None

    def schema(self) -> dict[str, object]:
        """The spelling; whether there is a zone of that name only the computer's data tell."""
        return {"type": "string", "pattern": ZONE_PATTERN}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed set, with other spellings that people use for its members."""

    members: tuple[str, ...]
    spellings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, members: type[StrEnum], spellings: Mapping[str, str] | None = None) -> Choice:
        """The choice between the members of an enumeration."""
        return cls(tuple(str(member) for member in members), spellings or {})

    @property
    def wording(self) -> str:
        """The members."""
        return ("one of " if len(self.members) > 1 else "") + ", ".join(self.members)

    def read(self, node: Node) -> object:
        """The member, also for another spelling, upper or lower case, blanks or hyphens for underscores."""
        known = {_plain(word): word for word in self.members}
        known |= {_plain(word): member for word, member in self.spellings.items()}
        word = _plain(_scalar(node, self.wording).text)
        if word in known:
            return known[word]
        near = difflib.get_close_matches(word, known, n=1)
        raise _unexpected(node, self.wording, f"; did you mean {known[near[0]]!r}?" if near else "")

    def schema(self) -> dict[str, object]:
        """All documented spellings; true and false where YAML 1.1 makes them of yes and no."""
        flags = [True, False] if {"yes", "no"} <= set(self.members) else []
        return {"enum": [*self.members, *self.spellings, *flags]}


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values of one kind; a single value stands for a list of one, repeated values count once."""

    item: Kind

    @property
    def wording(self) -> str:
        """That of the items."""
        return f"a list, each {self.item.wording}"

    def read(self, node: Node) -> object:
        """The values in file order."""
        if not isinstance(node, Sequence):
            return [self.item.read(node)]
        values: list[object] = []
        faults: list[tuple[Node, str]] = []
        for item in node.items:
            try:
                values.append(self.item.read(item))
            except UnreadableValueError as error:
                faults.extend(error.faults)
        if faults:
            raise UnreadableValueError(*faults)
        return list(dict.fromkeys(values))

    def schema(self) -> dict[str, object]:
        """One value or an array."""
        return {"anyOf": [self.item.schema(), {"type": "array", "items": self.item.schema()}]}


def _seconds(node: Node, wording: str) -> tuple[Decimal, str]:
    """The duration and its text."""
    scalar = _scalar(node, wording)
    match = QUANTITY.fullmatch(scalar.text)
    number, unit = match.groups() if match else ("", "")
    if not number:
        raise _unexpected(node, wording)
    if unit not in UNIT_EXPONENTS:
        raise _unexpected(node, wording, f"; the unit is s or ms, not {_cut(unit)!r}")
    if "," in number:
        raise _unexpected(node, wording, "; write a decimal point")
    if not NUMBER.fullmatch(number):
        raise _unexpected(node, wording, f"; {_cut(number)!r} is not a decimal number")
    return Decimal(number).scaleb(UNIT_EXPONENTS[unit]), scalar.text.strip()


def _scalar(node: Node, wording: str) -> Scalar:
    if isinstance(node, Scalar) and not node.is_null:
        return node
    raise _unexpected(node, wording)


def _unexpected(node: Node, wording: str, advice: str = "") -> UnreadableValueError:
    return UnreadableValueError((node, f"expected {wording}, found {in_words(node)}{advice}"))


def in_words(node: Node) -> str:
    """What a node is, for an error text."""
    if not isinstance(node, Scalar):
        return "a list" if isinstance(node, Sequence) else "keys with values"
    return "nothing" if node.is_null else repr(_cut(node.text))


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _plain(text: str) -> str:
    return re.sub(r"[\s/_-]+", "_", text.strip().casefold())
