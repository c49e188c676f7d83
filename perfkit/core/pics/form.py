"""From the text of a YAML form to its values, or to everything that is wrong with it at once."""

from __future__ import annotations

import codecs
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfkit.core.errors import Finding
from perfkit.core.pics.expression import Facts
from perfkit.core.pics.field import Contradiction, Exclusion, Field, Section
from perfkit.core.pics.form_words import FormWords
from perfkit.core.pics.kinds import UnreadableValueError, in_words
from perfkit.core.pics.tree import Mapping, Node, Scalar, parse

MAX_BYTES = 1_000_000
MAX_FINDINGS = 200  # more keys than there are: not such a file


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that a kind of YAML file may say: its keys outside and inside of sections, and rules between keys."""

    words: FormWords
    top_level: tuple[Field, ...]
    sections: tuple[Section, ...]
    exclusions: tuple[Exclusion, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def fields(self) -> dict[tuple[str, str], Field]:
        """Every key by section and name; the section is empty outside of sections."""
        found = {("", field.key): field for field in self.top_level}
        return found | {(section.name, field.key): field for section in self.sections for field in section.fields}


def form_text(path: Path | str, words: FormWords) -> str:
    """The text of a file.

    Raises:
        FormError: the file cannot be read, is oversized or is not UTF-8.
    """
    return form_decoded(form_content(path, words), str(path), words)


def form_content(path: Path | str, words: FormWords) -> bytes:
    """What a file holds.

    Raises:
        FormError: the file cannot be read or is oversized.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise words.error.of(Finding(name, None, None, f"cannot be read: {error.strerror}")) from None
    except ValueError:  # a path with a null character
        raise words.error.of(Finding(name, None, None, "is not the name of a file")) from None
    if len(content) > MAX_BYTES:
        raise words.error.of(Finding(name, None, None, f"more than {MAX_BYTES} bytes; is this {words.noun}?"))
    return content


def form_values(text: str, name: str, form: Form) -> dict[str, object]:
    """What `text` states, by section and key; `name` stands for the file in findings.

    Raises:
        FormError: anything wrong with the text; the findings are in the order of their places, and complete but for
            what a syntax error hides and for more than MAX_FINDINGS.
    """
    reading = _Reading(name, form)
    reading.top_level(parse(text.removeprefix("\ufeff"), name, form.words))
    for exclusion in form.exclusions:
        reading.apply(exclusion)
    stated = reading.stated()
    for contradiction in form.contradictions:
        reading.contradict(contradiction, stated)
    if reading.findings:
        raise form.words.error.of(*_in_order(reading.findings))
    return reading.values


class _Reading:
    """One pass over the tree: collects values by section and key, with their nodes, and findings."""

    def __init__(self, name: str, form: Form) -> None:
        self.name = name
        self.form = form
        self.fields = form.fields
        self.findings: list[Finding] = []
        self.values: dict[str, object] = {}
        self.sections: dict[str, dict[str, object]] = {section.name: {} for section in form.sections}
        self.values.update(self.sections)
        self.nodes: dict[tuple[str, str], Node] = {}

    def top_level(self, tree: Mapping) -> None:
        by_name = {section.name: section for section in self.form.sections}
        for key, node in self._unique(tree, ""):
            if key.text in by_name:
                self._section(by_name[key.text], node)
            elif ("", key.text) in self.fields:
                self._value(self.fields["", key.text], "", node)
            else:
                synonyms = [(word, item.name) for item in self.form.sections for word in item.synonyms]
                synonyms += [(word, item.key) for item in self.form.top_level for word in item.synonyms]
                nearest = self._unknown(key, "", [*by_name, *(item.key for item in self.form.top_level)], synonyms)
                if nearest in by_name and isinstance(node, Mapping):
                    self._section(by_name[nearest], node)  # what is wrong inside is told at once, too

    def _section(self, section: Section, node: Node) -> None:
        if isinstance(node, Scalar) and node.is_null:
            return
        if isinstance(node, Scalar) and section.shorthand:
            self._value(self.fields[section.name, section.shorthand], section.name, node)
            return
        if not isinstance(node, Mapping):
            example = f"{section.fields[0].key}: {section.fields[0].example}"
            message = f"{section.name}: expected indented keys such as `{example}`, found {in_words(node)}"
            self._add(node, message, section.name)
            return
        for key, value in self._unique(node, section.name):
            if (section.name, key.text) in self.fields:
                self._value(self.fields[section.name, key.text], section.name, value)
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

    def _unknown(self, key: Scalar, section: str, known: list[str], synonyms: list[tuple[str, str]]) -> str | None:
        """Add a finding and return the nearest known key: by synonym, else the same key elsewhere, else by spelling."""
        word = key.text.casefold()
        spelled = {item.casefold(): item for item in known} | {item.casefold(): meant for item, meant in synonyms}
        homes = [item.name for item in self.form.sections if word in {field.key.casefold() for field in item.fields}]
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
        return nearest

    def apply(self, exclusion: Exclusion) -> None:
        """Add a finding where a stated value contradicts another."""
        stated = self.sections[exclusion.section].get(exclusion.key)
        section, key = exclusion.forbidden
        value = self.sections[section].get(key)
        if stated in exclusion.values and value not in (None, [], *exclusion.allowed):
            path = _path(section, key)
            self._add(self.nodes[exclusion.forbidden], f"{path} {exclusion.reason}", path)

    def stated(self) -> dict[str, object]:
        """What could be read, by full key."""
        return {f"{section}.{key}": value for section, keys in self.sections.items() for key, value in keys.items()}

    def contradict(self, contradiction: Contradiction, stated: Facts) -> None:
        """Add a finding where what is stated contradicts itself."""
        if contradiction.when.truth(stated) is True:
            path = contradiction.at
            section, _, key = path.partition(".")
            node = self.nodes[section, key]
            written = node.text if isinstance(node, Scalar) else "what is listed"
            message = f"{path}: {written} contradicts {contradiction.reason} [{contradiction.clause}]"
            self._add(node, message, path)

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


def form_decoded(content: bytes, name: str, words: FormWords) -> str:
    """The text of a file in UTF-8, with or without byte order mark.

    Raises:
        FormError: it is not UTF-8.
    """
    advice = "save it as UTF-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:2]:
        raise words.error.of(Finding(name, 1, 1, f"the file is in UTF-16; {advice}"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace").lstrip("\ufeff")) + 1
        byte = content[error.start]
        message = f"not a text in UTF-8 (byte 0x{byte:02X}); {advice}, if this is {words.noun} at all"
        raise words.error.of(Finding(name, line, column, message)) from None
