"""The last look at what was written: is anything of the originals left? It trusts none of the replacing code."""

from __future__ import annotations

import re
from typing import NamedTuple

from perfkit.core.errors import PerfkitError
from perfkit.redaction.find import Found
from perfkit.redaction.pseudonym import KEPT_HOSTS
from perfkit.redaction.text import MIN_TEXT_ANYWHERE, Learned, is_unmistakable

_BLANKS = re.compile(r"\\[nrt]|\s+")


class RemainsError(PerfkitError):
    """A value of the original would be in the copy."""

    exit_code = 1


class _Wanted(NamedTuple):
    kind: str
    folded: str
    pattern: re.Pattern[str] | None


class Leaks:
    """Looks for every original value in the bytes of the copy, and for fields that hold one."""

    def __init__(self, learned: Learned) -> None:
        self._wanted = [_wanted(value, kind.value) for value, kind in learned.anywhere() if value not in learned.hidden]
        self._hidden = [squeezed for value in learned.hidden if len(squeezed := _squeezed(value)) >= MIN_TEXT_ANYWHERE]
        self._originals = {value.casefold() for value in (*learned.values, *learned.hidden)} - KEPT_HOSTS

    @property
    def searched(self) -> int:
        """How many values are looked for in every byte."""
        return len(self._wanted) + len(self._hidden)

    def refuse(self, text: str, name: str, fields: list[Found]) -> None:
        """Stop where a value of the original remains; `fields` are what the rules find in the redacted text.

        Raises:
            RemainsError: it says the kind and the place, not the value.
        """
        folded = text.casefold()
        for wanted in self._wanted:
            place = _place(wanted, folded)
            if place is not None:
                raise _remains(name, folded.count("\n", 0, place) + 1, wanted.kind)
        squeezed = _squeezed(text)
        if any(hidden in squeezed for hidden in self._hidden):
            raise _remains(name, 1, "free text or certificate")
        for field in fields:
            if field.value.casefold() in self._originals:
                raise _remains(name, text.count("\n", 0, field.start) + 1, field.kind.value)


def _wanted(value: str, kind: str) -> _Wanted:
    folded = value.casefold()
    if is_unmistakable(value):
        return _Wanted(kind, folded, None)
    return _Wanted(kind, folded, re.compile(rf"(?<![^\W_]){re.escape(folded)}(?![^\W_])"))


def _place(wanted: _Wanted, folded: str) -> int | None:
    if wanted.pattern is not None:
        match = wanted.pattern.search(folded)
        return None if match is None else match.start()
    place = folded.find(wanted.folded)
    return None if place < 0 else place


def _squeezed(text: str) -> str:
    """Without blanks and line ends, however written: a certificate may be wrapped in another way."""
    return _BLANKS.sub("", text).casefold()


def _remains(name: str, line: int, kind: str) -> RemainsError:
    return RemainsError(
        f"{name}:{line}: a value of the original ({kind}) would remain, so nothing was written; "
        "this is a gap in the rules: report the kind and the shape of the line (not the value)"
    )
