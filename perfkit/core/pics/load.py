"""From the text of a PICS file to `Pics`, or to everything that is wrong with it at once."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from perfkit.core.errors import Finding, PicsError
from perfkit.core.pics.field import Exclusion, Field, Section
from perfkit.core.pics.kinds import UnreadableValueError, in_words
from perfkit.core.pics.model import Pics
from perfkit.core.pics.table import EXCLUSIONS, FIELDS, SECTIONS, TOP_LEVEL
from perfkit.core.pics.tree import Mapping, Node, Scalar, parse

MAX_BYTES = 1_000_000
MAX_FINDINGS = 200  # more keys than there are: not a PICS file
SECTION_BY_NAME = {section.name: section for section in SECTIONS}
TOP_LEVEL_KEYS = [field.key for field in TOP_LEVEL]


def read_pics(path: Path | str) -> Pics:
    """The PICS in a file; raises PicsError as `load_pics` does, and when the file cannot be read or is not UTF-8."""
    name = str(path)
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PicsError.of(Finding(name, None, None, f"cannot be read: {error.strerror}")) from None
    except ValueError:  # a path with a null character
        raise PicsError.of(Finding(name, None, None, "is not the name of a file")) from None
    if len(content) > MAX_BYTES:
        raise PicsError.of(Finding(name, None, None, f"more than {MAX_BYTES} bytes; is this a PICS file?"))
    return load_pics(_decoded(content, name), name)


def load_pics(text: str, name: str) -> Pics:
    """The PICS that `text` states; `name` stands for the file in findings and in `Pics.source`.

    Raises:
        PicsError: anything wrong with the text; the findings are in the order of their places, and complete but for
            what a syntax error hides and for more than MAX_FINDINGS.
    """
    reading = _Reading(name)
    reading.top_level(parse(text.removeprefix("\ufeff"), name))
    for exclusion in EXCLUSIONS:
        reading.apply(exclusion)
    if reading.findings:
        raise PicsError.of(*_in_order(reading.findings))
    return msgspec.convert({**reading.values, "source": name}, Pics)


class _Reading:
    """One pass over the tree: collects values by section and key, with their nodes, and findings."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.values: dict[str, object] = {}
        self.sections: dict[str, dict[str, object]] = {section.name: {} for section in SECTIONS}
        self.values.update(self.sections)
        self.nodes: dict[tuple[str, str], Node] = {}

    def top_level(self, tree: Mapping) -> None:
        for key, node in self._unique(tree, ""):
            if key.text in SECTION_BY_NAME:
                self._section(SECTION_BY_NAME[key.text], node)
            elif ("", key.text) in FIELDS:
                self._value(FIELDS["", key.text], "", node)
            else:
                synonyms = [(word, item.name) for item in SECTIONS for word in item.synonyms]
                synonyms += [(word, item.key) for item in TOP_LEVEL for word in item.synonyms]
                self._unknown(key, "", [*SECTION_BY_NAME, *TOP_LEVEL_KEYS], synonyms)

    def _section(self, section: Section, node: Node) -> None:
        if isinstance(node, Scalar) and node.is_null:
            return
        if isinstance(node, Scalar) and section.shorthand:
            self._value(FIELDS[section.name, section.shorthand], section.name, node)
            return
        if not isinstance(node, Mapping):
            example = f"{section.fields[0].key}: {section.fields[0].example}"
            message = f"{section.name}: expected indented keys such as `{example}`, found {in_words(node)}"
            self._add(node, message, section.name)
            return
        for key, value in self._unique(node, section.name):
            if (section.name, key.text) in FIELDS:
                self._value(FIELDS[section.name, key.text], section.name, value)
            else:
                synonyms = [(word, item.key) for item in section.fields for word in item.synonyms]
                self._unknown(key, section.name, [item.key for item in section.fields], synonyms)

    def _value(self, field: Field, section: str, node: Node) -> None:
        """Null is not stated: the default of the attribute stays."""
        if isinstance(node, Scalar) and node.is_null:
            return
        path = _path(section, field.key)
        self.nodes[section, field.key] = node
        try:
            value = field.kind.read(node)
        except UnreadableValueError as error:
            for place, message in error.faults:
                self._add(place, f"{path}: {message} [{field.clause}]", path)
            return
        (self.sections[section] if section else self.values)[field.key] = value

    def _unique(self, mapping: Mapping, section: str) -> Iterable[tuple[Scalar, Node]]:
        """The entries with a word as key, each key once; the others become findings."""
        seen: dict[str, int] = {}
        for key, value in mapping.entries:
            if not isinstance(key, Scalar):
                self._add(key, f"expected a key, found {in_words(key)}", section or None)
            elif key.text in seen:
                path = _path(section, key.text)
                self._add(key, f"{path} is stated twice, first in line {seen[key.text]}; remove one", path)
            else:
                seen[key.text] = key.line
                yield key, value

    def _unknown(self, key: Scalar, section: str, known: list[str], synonyms: list[tuple[str, str]]) -> None:
        """The nearest known key: by synonym, else the same key in another section, else by spelling."""
        word = key.text.casefold()
        spelled = {item.casefold(): item for item in known} | {item.casefold(): meant for item, meant in synonyms}
        homes = [item.name for item in SECTIONS if word in {field.key.casefold() for field in item.fields}]
        near = difflib.get_close_matches(word, spelled, n=1, cutoff=0.7)
        nearest = None
        if word in spelled or (near and not homes):
            nearest = spelled[word if word in spelled else near[0]]
            advice = f"did you mean {nearest!r}?"
        elif homes:
            nearest = _path(homes[0], key.text)
            advice = f"it belongs under `{homes[0]}:`"
        else:
            advice = "known here: " + ", ".join(known)
        path = _path(section, key.text)
        self._add(key, f"unknown key {path[:80]!r}; {advice}", path, nearest)

    def apply(self, exclusion: Exclusion) -> None:
        """Add a finding where a stated value contradicts another."""
        stated = self.sections[exclusion.section].get(exclusion.key)
        section, key = exclusion.forbidden
        value = self.sections[section].get(key)
        if stated in exclusion.values and value not in (None, [], *exclusion.allowed):
            path = _path(section, key)
            self._add(self.nodes[exclusion.forbidden], f"{path} {exclusion.reason}", path)

    def _add(self, node: Node, message: str, key: str | None, nearest: str | None = None) -> None:
        self.findings.append(Finding(self.name, node.line, node.column, message, key, nearest))


def _in_order(findings: list[Finding]) -> list[Finding]:
    ordered = sorted(findings, key=lambda finding: (finding.line or 0, finding.column or 0))
    kept, rest = ordered[:MAX_FINDINGS], ordered[MAX_FINDINGS:]
    if rest:
        first = rest[0]
        kept.append(Finding(first.file, first.line, first.column, f"and {len(rest)} more findings from here on"))
    return kept


def _path(section: str, key: str) -> str:
    return f"{section}.{key}" if section else key


def _decoded(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, with or without byte order mark."""
    advice = "save it as UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:2]:
        raise PicsError.of(Finding(name, 1, 1, f"the file is in UTF-16; {advice}"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace").lstrip("\ufeff")) + 1
        byte = content[error.start]
        message = f"not a text in UTF-8 (byte 0x{byte:02X}); {advice}, if this is a PICS file at all"
        raise PicsError.of(Finding(name, line, column, message)) from None
