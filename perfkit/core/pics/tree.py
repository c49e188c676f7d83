"""YAML text as a small tree of nodes that know their line and column.

PyYAML's own values are not used: they would lose the place, the decimals of `2.50` and the spelling of `1.10`, and
would turn an unquoted date or a base-60 number into something the vendor did not write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from perfkit.core.errors import Finding
from perfkit.core.pics.form_words import FormWords

if TYPE_CHECKING:
    import yaml

MAX_CHARACTERS = 100_000  # the template has about 11 000
MAX_DEPTH = 10  # the deepest value of a PICS file is at 3, of a laboratory file at 4
ADVICE = {
    "mapping values are not allowed here": "the line before is not finished, the indentation is wrong, or a text with "
    "a colon needs quotes",
    "could not find expected ':'": "a key is followed by a colon and a space",
    "found unexpected end of stream": "a quotation mark is not closed",
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it is written; `is_null` and `is_flag` tell what YAML takes an unquoted text for."""

    line: int
    column: int
    text: str
    is_quoted: bool = False
    is_null: bool = False
    is_flag: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    line: int
    column: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in file order; a key may be any node and may occur twice."""

    line: int
    column: int
    entries: tuple[tuple[Node, Node], ...]


Node = Scalar | Sequence | Mapping


def parse(text: str, name: str, words: FormWords) -> Mapping:
    """The tree of the one YAML document in `text`, a file of the kind that `words` names.

    Raises:
        FormError: not YAML, not a mapping, empty, oversized, nested too deeply, or with anchors, aliases or tags.
    """
    import yaml

    if len(text) > MAX_CHARACTERS:
        raise words.error.of(Finding(name, None, None, f"{len(text)} characters are too many for {words.noun}"))
    try:
        findings = list(_misuses(text, name, words.noun))
        if findings:
            raise words.error.of(*findings)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise words.error.of(_syntax_finding(error, text, name, words.noun)) from None
    tree = None if root is None else _node(root)
    if tree is None or (isinstance(tree, Scalar) and tree.is_null):
        raise words.error.of(Finding(name, 1, 1, f"the file is empty; {words.template} writes a template"))
    if not isinstance(tree, Mapping):
        found = "a list" if isinstance(tree, Sequence) else "a single value"
        message = f"{words.noun} holds keys with values ({words.examples}), not {found}"
        raise words.error.of(Finding(name, tree.line, tree.column, message))
    return tree


def _misuses(text: str, name: str, noun: str) -> Iterator[Finding]:
    """What YAML permits and a form has no use for; found without building, so that no alias can explode."""
    import yaml

    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        misuse = None
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            misuse = f"a second document starts here; {noun} holds one" if documents == 2 else None
        elif isinstance(event, yaml.NodeEvent):
            misuse = _misuse(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            yield _finding_at(event.start_mark, name, f"nested too deeply for {noun}")
            return
        if misuse:
            yield _finding_at(event.start_mark, name, misuse)


def _misuse(event: yaml.NodeEvent) -> str | None:
    import yaml

    if isinstance(event, yaml.AliasEvent):
        return f"the alias *{event.anchor} is not supported; write the value itself"
    if event.anchor is not None:
        return f"the anchor &{event.anchor} is not supported; remove it"
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
        return f"the tag {event.tag} is not supported; remove it"
    return None


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _finding_at(mark: _Mark | None, name: str, message: str) -> Finding:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Finding(name, line, column, message)


def _syntax_finding(error: yaml.YAMLError, text: str, name: str, noun: str) -> Finding:
    import yaml

    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position].splitlines(keepends=True) or [""]
        line_is_open = before[-1].rstrip("\r\n") == before[-1]
        line, column = (len(before), len(before[-1]) + 1) if line_is_open else (len(before) + 1, 1)
        message = f"the character U+{ord(text[error.position]):04X} cannot stand in a text file; is this {noun}?"
        return Finding(name, line, column, message)
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = (error.problem if isinstance(error, yaml.MarkedYAMLError) else None) or "syntax error"
    if "'\\t'" in problem:
        return _finding_at(mark, name, "a tab stands here; YAML wants spaces")
    advice = ADVICE.get(problem)
    return _finding_at(mark, name, f"not valid YAML: {problem}" + (f" ({advice})" if advice else ""))


def _node(node: yaml.Node) -> Node:
    import yaml

    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.MappingNode):
        return Mapping(line, column, tuple((_node(key), _node(value)) for key, value in node.value))
    if isinstance(node, yaml.SequenceNode):
        return Sequence(line, column, tuple(_node(item) for item in node.value))
    return Scalar(
        line,
        column,
        str(node.value),
        is_quoted=isinstance(node, yaml.ScalarNode) and node.style is not None,
        is_null=node.tag == "tag:yaml.org,2002:null",
        is_flag=node.tag == "tag:yaml.org,2002:bool",
    )
