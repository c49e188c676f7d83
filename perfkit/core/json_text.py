"""JSON inside other text as values with their places, so that a value can be changed and every other byte be kept.

Lenient: a frame that is cut or damaged gives what could be read of it. No value is ever computed from it; figures come
from the strict readers of the logs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 200
# What JSON can begin with, so that brackets of prose ([info], [10:00:00.000], {x}) are passed over. No array that is
# looked for begins with a word.
_OPENING = re.compile(r'\[(?=\s*(?:["\[{\]]|-?\d[\d.eE+-]*\s*[,\]]))|\{(?=\s*["}])')
# A string ends at its line's end at the latest: JSON knows no raw line break, and a cut frame must not eat the next.
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\\n]|\\[^\n])*(?:"|(?=\\?(?:\n|\Z))))|(?P<mark>[{}\[\],:])|(?P<bare>[^\s{}\[\],:"]+))'
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A string, number, true, false or null; `text[start:end]` is how it is written, quotes included.

    `value` is the decoded string, or the literal as written. `is_text` tells the two apart.
    """

    start: int
    end: int
    value: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Container:
    """An object or array: `items` by name, None in an array."""

    is_object: bool
    items: list[tuple[str | None, Node]] = field(default_factory=list)

    def member(self, name: str) -> Node | None:
        """The first member of that name, whatever its case; None if there is none."""
        wanted = name.lower()
        return next((node for key, node in self.items if key is not None and key.lower() == wanted), None)


Node = Scalar | Container


def json_in(text: str) -> Iterator[Container]:
    """Every outermost object and array in a text, in its order. A number in brackets looks like one."""
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        parser = _Parser(text, opening.start())
        yield parser.root
        position = max(parser.position, opening.end())


def scalars(node: Node) -> Iterator[Scalar]:
    """The node itself, or every string and literal below it, in its order."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Scalar):
            yield current
        else:
            waiting.extend(item for _, item in reversed(current.items))


class _Parser:
    """Reads one outermost container; stops at its end or at the first token that cannot be there."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self.position = start + 1
        self.root = Container(text[start] == "{")
        self._open = [self.root]
        self._name: str | None = None
        self._expects_value = True
        while self._open and self._step():
            pass

    def _step(self) -> bool:
        token = _TOKEN.match(self._text, self.position)
        if token is None:
            return False
        taken = self._mark(token["mark"]) if token["mark"] else self._scalar(token)
        if taken:
            self.position = token.end()
        return taken

    def _mark(self, mark: str) -> bool:
        here = self._open[-1]
        if mark in "[{":
            return self._opened(Container(mark == "{"))
        if mark == ":":
            return here.is_object and self._named()
        if mark == ",":
            was_waiting, self._expects_value = self._expects_value, True
            return not was_waiting
        if (mark == "}") is not here.is_object:
            return False
        self._open.pop()
        self._expects_value, self._name = False, None
        return True

    def _opened(self, container: Container) -> bool:
        here = self._open[-1]
        if not self._expects_value or len(self._open) >= MAX_DEPTH or (here.is_object and self._name is None):
            return False
        here.items.append((self._name, container))
        self._open.append(container)
        self._name = None
        return True

    def _named(self) -> bool:
        """A colon: the scalar before it was a name and not a value."""
        here = self._open[-1]
        if self._expects_value or self._name is not None or not here.items:
            return False
        name, node = here.items[-1]
        if name is not None or not isinstance(node, Scalar):
            return False
        here.items.pop()
        self._name, self._expects_value = node.value, True
        return True

    def _scalar(self, token: re.Match[str]) -> bool:
        group = "text" if token["text"] is not None else "bare"
        if not self._expects_value and group == "bare":  # before a string, a lost comma is forgiven
            return False
        literal = token[group]
        value = _decoded(literal) if group == "text" else literal
        self._open[-1].items.append((self._name, Scalar(token.start(group), token.end(group), value, group == "text")))
        self._name, self._expects_value = None, False
        return True


def _decoded(literal: str) -> str:
    """The string behind a quoted literal; of a cut or odd one, what is written."""
    if "\\" not in literal and literal.endswith('"') and len(literal) > 1:
        return literal[1:-1]
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return literal[1:].removesuffix('"')
    return str(value)
