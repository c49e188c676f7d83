"""Identities in the YAML files of a campaign, by their keys; comments are emptied, for they may say anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from perfkit.core.errors import InputError
from perfkit.redaction.find import Found
from perfkit.redaction.rule import Kind
from perfkit.redaction.table import LAB_KEPT, PICS_FIELDS, PICS_PRODUCT_FIELDS

if TYPE_CHECKING:
    import yaml

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_FILES = {("laboratory", "logo"), ("laboratory", "fonts")}
_TEXTS_AND_NUMBERS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float")}
_KEY_WORD = re.compile(r"[^\W\d_]+")
_LAB = re.compile(r"^schema\s*:\s*['\"]?perfkit[./]lab/", re.MULTILINE)
_PICS = re.compile(r"^schema\s*:\s*['\"]?perfkit[./]pics/", re.MULTILINE)


def is_lab(text: str, name: str) -> bool:
    """Whether it is a laboratory file."""
    return _LAB.search(text) is not None or name == "lab.yaml"


def is_pics(text: str, name: str) -> bool:
    """Whether it is a PICS file."""
    return _PICS.search(text) is not None or name == "pics.yaml"


def find_in_yaml(text: str, name: str, *, products: bool) -> list[Found]:
    """What has to be replaced in a PICS or laboratory file, in the order of its places.

    Raises:
        InputError: it is no YAML.
    """
    if is_lab(text, name):
        found = (_at(node, Kind.PERSON, text) for keys, node in _scalars(text, name) if not LAB_KEPT & set(keys))
    else:
        kinds = {**PICS_FIELDS, **(PICS_PRODUCT_FIELDS if products else {})}
        found = (_at(node, kinds[keys[-1]], text) for keys, node in _scalars(text, name) if keys and keys[-1] in kinds)
    return sorted(one for one in found if one is not None)


def words_of_form(text: str, name: str, found: list[Found]) -> set[str]:
    """Words, folded, that the form itself consists of: those of its keys, and values that are no identity.

    Raises:
        InputError: it is no YAML.
    """
    identities = [(one.start, one.end) for one in found]
    words: set[str] = set()
    for keys, node in _scalars(text, name):
        words.update(word for key in keys for word in _KEY_WORD.findall(key))
        place = node.start_mark.index
        if not any(start - 1 <= place < end for start, end in identities):
            words.add(str(node.value).casefold())
    return words


def cleared(text: str, name: str) -> str:
    """The text with each comment emptied to its mark, and no logo and fonts, which are not copied; the lines stay.

    Raises:
        InputError: it is no YAML.
    """
    for keys in _FILES:
        text = _without(keys, text, name)
    values = [(node.start_mark.index, node.end_mark.index) for _, node in _scalars(text, name)]

    def emptied(match: re.Match[str]) -> str:
        return match.group() if any(start <= match.start() < end for start, end in values) else "#"

    return _COMMENT.sub(emptied, text)


def _without(keys: tuple[str, str], text: str, name: str) -> str:
    """The text with null for the value or list under `keys`, and as many lines."""
    places = [(node.start_mark.index, node.end_mark.index) for at, node in _nodes(text, name) if at[-2:] == keys]
    if not places:
        return text
    start, end = min(places)[0], max(end for _, end in places)
    written = text[start:end].rstrip()
    lines = "\n" * written.count("\n")
    return f"{text[:start]}null{lines}{text[start + len(written) :]}"


def _scalars(text: str, name: str) -> Iterator[tuple[tuple[str, ...], yaml.ScalarNode]]:
    """Every value with the keys that lead to it."""
    import yaml

    for keys, node in _nodes(text, name):
        if isinstance(node, yaml.ScalarNode):
            yield keys, node


def _nodes(text: str, name: str) -> Iterator[tuple[tuple[str, ...], yaml.Node]]:
    """Every value, list and mapping with the keys that lead to it; the items of a list have those of the list."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        problem = " ".join(str(error).split())
        raise InputError(f"{name}: is no YAML ({problem}); correct it, `perfkit pics check` says where") from None
    waiting: list[tuple[tuple[str, ...], yaml.Node]] = [] if root is None else [((), root)]
    while waiting:
        keys, node = waiting.pop()
        yield keys, node
        if isinstance(node, yaml.SequenceNode):
            waiting.extend((keys, item) for item in node.value)
        elif isinstance(node, yaml.MappingNode):
            for key, item in node.value:
                word = str(key.value).lower() if isinstance(key, yaml.ScalarNode) else ""
                waiting.append(((*keys, word), item))


def _at(node: yaml.ScalarNode, kind: Kind, text: str) -> Found | None:
    """The value within its quotes, a number too (a serial number may be one); None for null, yes, no and dates."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style is None and node.tag not in _TEXTS_AND_NUMBERS:
        return None
    if node.style in {"'", '"'}:
        start, end = start + 1, end - 1
    written = text[start:end]
    return Found(start, end, kind, node.value if node.style == '"' else written, node.style == '"')
