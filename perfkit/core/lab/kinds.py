"""Kinds of values that only a laboratory file has: paragraphs, dates, entries of several keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from perfkit.core.pics.field import Field
from perfkit.core.pics.kinds import UnreadableValueError, in_words
from perfkit.core.pics.schema import field_schema
from perfkit.core.pics.tree import Mapping, Node, Scalar, Sequence

MAX_PARAGRAPH = 4000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

Fault = tuple[Node, str]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; white space is collapsed."""

    wording: str = "text"

    def read(self, node: Node) -> object:
        """The text."""
        if not isinstance(node, Scalar) or node.is_null:
            raise UnreadableValueError((node, f"expected {self.wording}, found {in_words(node)}"))
        text = " ".join(node.text.split())
        if not text:
            raise UnreadableValueError((node, "the text is empty; write null if it is not stated"))
        if len(text) > MAX_PARAGRAPH:
            message = f"{len(text)} characters are too many, {MAX_PARAGRAPH} are allowed"
            raise UnreadableValueError((node, message))
        return text

    def schema(self) -> dict[str, object]:
        """A text."""
        return {"type": "string", "maxLength": MAX_PARAGRAPH, "pattern": r"\S"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the calendar (ISO 8601), as text."""

    wording: str = "a date (2026-06-08)"

    def read(self, node: Node) -> object:
        """The date."""
        text = node.text.strip() if isinstance(node, Scalar) else ""
        if not _DATE.fullmatch(text):
            raise UnreadableValueError((node, f"expected {self.wording}, found {in_words(node)}"))
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise UnreadableValueError((node, f"there is no day {text!r} in the calendar")) from None

    def schema(self) -> dict[str, object]:
        """A text of that form; what is no day passes JSON Schema."""
        return {"type": "string", "format": "date", "pattern": rf"^{_DATE.pattern}$"}


@dataclass(frozen=True, slots=True)
class Entries:
    """A list of entries, each with these keys; `required` is the one that must be there. A single entry is a list."""

    fields: tuple[Field, ...]
    required: str

    @property
    def wording(self) -> str:
        """The keys."""
        return f"a list of entries with {', '.join(f'`{field.key}:`' for field in self.fields)}"

    def read(self, node: Node) -> object:
        """Dictionaries in file order."""
        items = node.items if isinstance(node, Sequence) else (node,)
        faults: list[Fault] = []
        entries = [dict(self._entry(item, faults)) for item in items]
        if faults:
            raise UnreadableValueError(*faults)
        return entries

    def _entry(self, node: Node, faults: list[Fault]) -> Iterator[tuple[str, object]]:
        if not isinstance(node, Mapping):
            faults.append((node, f"expected {self.wording}, found {in_words(node)}"))
            return
        known = {field.key: field for field in self.fields}
        seen: dict[str, int] = {}
        stated: set[str] = set()
        for key, value in node.entries:
            word = key.text if isinstance(key, Scalar) else ""
            if word in seen:
                faults.append((key, f"{word} is stated twice, first in line {seen[word]}; remove one"))
            elif word not in known:
                faults.append((key, _unknown(word, key, self.fields)))
            elif not (isinstance(value, Scalar) and value.is_null):
                stated.add(word)
                yield from _read(known[word], value, faults)
            seen.setdefault(word, key.line)
        if self.required not in stated:
            faults.append((node, f"the entry has no `{self.required}:`"))

    def schema(self) -> dict[str, object]:
        """One entry or an array."""
        entry: dict[str, object] = {
            "type": "object",
            "properties": {field.key: field_schema(field) for field in self.fields},
            "required": [self.required],
            "additionalProperties": False,
        }
        return {"anyOf": [entry, {"type": "array", "items": entry}]}


def _read(field: Field, value: Node, faults: list[Fault]) -> Iterator[tuple[str, object]]:
    try:
        yield field.key, field.kind.read(value)
    except UnreadableValueError as error:
        faults.extend((node, f"{field.key}: {message}") for node, message in error.faults)


def _unknown(word: str, key: Node, fields: tuple[Field, ...]) -> str:
    spelled = {synonym: field.key for field in fields for synonym in (field.key, *field.synonyms)}
    near = difflib.get_close_matches(word.casefold(), spelled, n=1)
    advice = f"did you mean {spelled[near[0]]!r}?" if near else "known here: " + ", ".join(f.key for f in fields)
    found = repr(word[:80]) if isinstance(key, Scalar) else in_words(key)
    return f"unknown key {found}; {advice}"
