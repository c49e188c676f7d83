"""Redacts one text in two passes: learn the values of all texts first, then replace them wherever they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from perfkit.core.json_text import Container, json_in
from perfkit.redaction.find import Found, Rules, encoded, find
from perfkit.redaction.pseudonym import KEPT_HOSTS, Pseudonyms
from perfkit.redaction.rule import Kind
from perfkit.redaction.table import WORDS_OF_LOGS

MIN_ANYWHERE = 4
MIN_DIGITS_ANYWHERE = 8
MIN_TEXT_ANYWHERE = 24
MIN_EMBEDDED = 8
_MAX_ANYWHERE = 200
_WORD = re.compile(r"[^\W_]+")
# Dates, times, versions, test cases, protocols: an identity that looks so would change what a log is read by.
_NO_NAME = re.compile(r"v?\d{1,4}(?:[-./:_]\d{1,4})+|tc_\w+|ocpp[\W_]?[\d.]+", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_NAMES = frozenset({Kind.PERSON, Kind.PRODUCT})
_NOT_ANYWHERE = frozenset({Kind.FREE_TEXT, Kind.CERTIFICATE})


@dataclass(slots=True)
class Learned:
    """The values of all texts by kind, and the words that stand in fields which hold no identity."""

    values: dict[str, Kind] = field(default_factory=dict)
    vocabulary: set[str] = field(default_factory=set)
    hidden: dict[str, Kind] = field(default_factory=dict)
    """Texts and certificates; short ones are replaced in their fields only."""

    def learn(self, text: str, rules: Rules) -> None:
        """Add what a text tells."""
        found = find(text, rules)
        for one in found:
            self.add(one.kind, one.value)
        starts = {one.start for one in found}
        for root in json_in(text):
            self._add_words(root, starts, of_perfkit=rules.of_perfkit)

    def add(self, kind: Kind, value: str) -> None:
        """Add a value; of an address its parts, each of which tells who it is."""
        if kind in _NOT_ANYWHERE:
            self.hidden[value] = kind
            return
        for part in _parts(value) if kind is Kind.ADDRESS else [value]:
            if part.casefold() not in KEPT_HOSTS and any(character.isalnum() for character in part):
                self.values.setdefault(part, kind)

    def _add_words(self, root: Container, starts: set[int], *, of_perfkit: bool) -> None:
        waiting: list[Container] = [root]
        while waiting:
            container = waiting.pop()
            for name, item in container.items:
                if name is not None:
                    self.vocabulary.update(_WORD.findall(name.casefold()) if of_perfkit else [name.casefold()])
                if isinstance(item, Container):
                    waiting.append(item)
                elif item.is_text and item.start + 1 not in starts:
                    self.vocabulary.add(item.value.casefold())

    def anywhere(self) -> Iterator[tuple[str, Kind]]:
        """The values that are looked for everywhere: long and odd enough not to be ordinary words or numbers."""
        ordinary = {word for word in self.vocabulary if _LETTERS.fullmatch(word)} | WORDS_OF_LOGS
        for value, kind in self.values.items():
            if _is_distinctive(value, kind) and value.casefold() not in ordinary:
                yield value, kind
        for value, kind in self.hidden.items():
            if len(value) >= MIN_TEXT_ANYWHERE:
                yield value, kind


def _parts(address: str) -> Iterator[str]:
    """Host, user and last part of the path of a URL (the station's id); any other address is one part."""
    match = re.fullmatch(
        r"[^:]+://(?:(?P<user>[^/@]*)@)?(?P<host>\[[^\]]*\]|[^/:?#]*)(?::\d+)?(?P<path>[^?#]*).*", address, re.S
    )
    if match is None:
        yield address.rpartition(":")[0] if address.count(":") == 1 else address
        return
    yield match["host"].strip("[]")
    yield from (part for part in (match["user"] or "").split(":") if part)
    last = match["path"].rstrip("/").rpartition("/")[2]
    if last and address.lower().startswith("ws"):
        yield last


def _is_distinctive(value: str, kind: Kind) -> bool:
    """Whether a value, wherever it stands, means what it means in its field.

    A single word of letters is one of many, unless it is the name of somebody; a date is no name, nor a test case.
    """
    if not MIN_ANYWHERE <= len(value) <= _MAX_ANYWHERE:
        return False
    if value.isdigit():
        return len(value) >= MIN_DIGITS_ANYWHERE
    if kind is not Kind.ADDRESS and _NO_NAME.fullmatch(value):
        return False
    return kind in _NAMES or not _LETTERS.fullmatch(value)


def is_unmistakable(value: str) -> bool:
    """Whether a value means itself even in the middle of a longer word: long, of letters and digits."""
    has_digit = any(character.isdigit() for character in value)
    has_letter = any(character.isalpha() for character in value)
    return len(value) >= MIN_EMBEDDED and has_digit and has_letter


class Redactor:
    """Replaces what was learned; counts what it replaced."""

    def __init__(self, learned: Learned, secret: bytes) -> None:
        self.pseudonyms = Pseudonyms(secret, [*learned.values, *learned.hidden])
        self.counts: Counter[Kind] = Counter()
        self._anywhere: dict[str, list[tuple[str, Kind]]] = {}
        self._long: list[tuple[str, Kind]] = []
        for value, kind in sorted(learned.anywhere(), key=lambda pair: (-len(pair[0]), pair[0])):
            first = _WORD.search(value)
            if is_unmistakable(value):
                self._long.append((value, kind))
            if first is not None:
                self._anywhere.setdefault(first.group().casefold(), []).append((value, kind))

    def redact(self, text: str, rules: Rules) -> str:
        """The text with pseudonyms; every line break, and whatever is no identity, stays where it is."""
        return self.with_known(text, find(text, rules))

    def with_known(self, text: str, found: list[Found]) -> str:
        """The text with pseudonyms for what was found, in order, and for known values in between."""
        return self._without_embedded(self.replaced(text, [*found, *self._gaps(text, found)]))

    def _without_embedded(self, text: str) -> str:
        """The text without the long values that stand in the middle of longer words."""
        folded = text.casefold()
        for value, kind in self._long:
            if value.casefold() in folded:
                places = re.compile(re.escape(value), re.IGNORECASE).finditer(text)
                text = self.replaced(text, [Found(*place.span(), kind, place.group(), False) for place in places])
                folded = text.casefold()
        return text

    def redact_name(self, name: str) -> str:
        """The name of a file or folder with the pseudonyms of what it holds."""
        return self.with_known(name, [])

    def replaced(self, text: str, found: Iterable[Found]) -> str:
        """The text with a pseudonym for each of these."""
        parts = []
        position = 0
        for one in sorted(found):
            written = text[one.start : one.end]
            pseudonym = encoded(self.pseudonyms.of(one.kind, one.value), one, written)
            if pseudonym != written:
                self.counts[one.kind] += 1
            parts += [text[position : one.start], pseudonym]
            position = one.end
        return "".join([*parts, text[position:]])

    def _gaps(self, text: str, found: list[Found]) -> Iterator[Found]:
        """Known values in what lies between the places that were found by rules."""
        position = 0
        for one in found:
            yield from self._known(text, position, one.start)
            position = one.end
        yield from self._known(text, position, len(text))

    def _known(self, text: str, start: int, end: int) -> Iterator[Found]:
        position = start
        for word in _WORD.finditer(text, start, end):
            if word.start() < position:
                continue
            for value, kind in self._anywhere.get(word.group().casefold(), ()):
                begin = word.start() - _lead(value)
                stop = begin + len(value)
                if (
                    begin >= position
                    and stop <= end
                    and text[begin:stop].casefold() == value.casefold()
                    and _ends(text, stop)
                ):
                    written = text[begin:stop]
                    yield Found(begin, stop, kind, written, False)
                    position = stop
                    break


def _lead(value: str) -> int:
    """How many characters stand before the first word of a value."""
    first = _WORD.search(value)
    return first.start() if first else 0


def _ends(text: str, stop: int) -> bool:
    """Whether a value that ends here does not go on with a letter or digit."""
    return stop >= len(text) or not (text[stop].isalnum() and text[stop - 1].isalnum())
