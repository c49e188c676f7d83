"""Makes the redacted copy of a campaign folder, a folder of logs, or a single log or archive."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfkit.core.analysis_record import ToolInfo
from perfkit.core.errors import InputError, UsageError
from perfkit.core.redaction_record import SCHEMA, LeftOut, RedactionDocument, Replaced
from perfkit.core.version import VERSION
from perfkit.redaction import containers
from perfkit.redaction.containers import Packed
from perfkit.redaction.find import Found, Rules, find
from perfkit.redaction.forms import Form, decode, form_of
from perfkit.redaction.leaks import Leaks
from perfkit.redaction.rule import Kind
from perfkit.redaction.text import Learned, Redactor
from perfkit.redaction.yaml_text import cleared, find_in_yaml, words_of_form
from perfkit_analyzers.inputs.files import MAX_DEPTH, MAX_UNPACKED_BYTES
from perfkit_analyzers.inputs.streams import UnpackBudget

MADE_FROM_THE_ORIGINALS = frozenset({"results", "reports"})
_PARTS_OF_A_CAMPAIGN = frozenset({"pics.yaml", "lab.yaml", "logs", "network"})
_CONFIGURATION_IN_NAME = re.compile(r"(?P<configuration>.+)_(?=TC_)")


@dataclass(frozen=True, slots=True)
class Options:
    """`secret` keys the pseudonyms, `repeatable` says that the user gave it; `products`: names of products too."""

    secret: bytes
    repeatable: bool = False
    products: bool = False


def redact(source: Path, target: Path, options: Options) -> RedactionDocument:
    """Write the copy to `target`, a new folder, and say what was replaced.

    Raises:
        UsageError: the source is missing, or the target exists or lies inside the source.
        InputError: an input cannot be read, or holds nothing to redact.
        RemainsError: a value would remain; nothing is left behind then.
    """
    if not source.exists():
        raise UsageError(f"{source} does not exist; name a campaign folder, a folder of logs, a log or an archive")
    if target.exists():
        raise UsageError(f"{target} exists; name a new folder for the copy")
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{target} is inside {source}; put the copy elsewhere")
    hidden = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        hidden.mkdir(parents=True)
        document = _Copy(source, options).write(hidden, target)
        hidden.rename(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return document


@dataclass(slots=True)
class _Tally:
    files: int = 0
    lines: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


class _Copy:
    """Two passes over the same files: learn every value, then write with pseudonyms and look for what remains."""

    def __init__(self, source: Path, options: Options) -> None:
        self._source = source
        self._options = options
        self._log_rules = Rules.of(products=options.products, of_perfkit=False)
        self._record_rules = Rules.of(products=options.products, of_perfkit=True)
        self._tally = _Tally()
        self._learned = Learned()
        self._is_campaign = source.is_dir() and any((source / part).exists() for part in _PARTS_OF_A_CAMPAIGN)

    def write(self, folder: Path, target: Path) -> RedactionDocument:
        """Both passes; the copy is in `folder`, the document names `target`."""
        self._learn()
        redactor = Redactor(self._learned, self._options.secret)
        leaks = Leaks(self._learned)
        _Writer(self, redactor, leaks).write(self._source, folder)
        if not self._tally.files:
            reasons = "; ".join(f"{one.path}: {one.reason}" for one in self._tally.left_out[:3])
            raise InputError(f"{self._source}: holds nothing to redact ({reasons or 'no file'})")
        return self._document(target, redactor, leaks)

    def _learn(self) -> None:
        for path in self._files(self._source):
            self._learn_from(_content(path), path.name, UnpackBudget(MAX_UNPACKED_BYTES), depth=0)

    def _files(self, path: Path) -> Iterator[Path]:
        if path.is_file():
            yield path
            return
        for entry in self.entries(path):
            yield from self._files(entry)

    def entries(self, folder: Path) -> list[Path]:
        """What is copied of a folder, in the order in which logs are read."""
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        skipped = MADE_FROM_THE_ORIGINALS if self._is_campaign and folder == self._source else frozenset()
        return [
            entry
            for entry in entries
            if not entry.name.startswith(".") and entry.name not in skipped and not entry.is_symlink()
        ]

    def _learn_from(self, content: bytes, name: str, budget: UnpackBudget, *, depth: int) -> None:
        kind = containers.archive_kind(content)
        if kind is not None:
            _refuse_depth(depth, name)
            for member in containers.unpacked(content, kind, name, budget):
                self._learn_from(member.content, f"{name}!/{member.name}", budget, depth=depth + 1)
            return
        text = decode(content).text
        form = form_of(content, text, _last(name))
        if form is Form.YAML:
            found = find_in_yaml(text, _last(name), products=self._options.products)
            for one in found:
                self._learned.add(one.kind, one.value)
            self._learned.vocabulary.update(words_of_form(text, _last(name), found))
        elif isinstance(form, Form):
            self._learned.learn(text, self.rules(form))

    def rules(self, form: Form) -> Rules:
        """The rules for a form."""
        return self._record_rules if form is Form.RECORD else self._log_rules

    def find(self, text: str, name: str, form: Form) -> list[Found]:
        """What the rules find in a text of a form."""
        if form is Form.YAML:
            return find_in_yaml(text, name, products=self._options.products)
        return find(text, self.rules(form))

    def is_configuration(self, name: str) -> bool:
        """Whether a log says that this is the name of its configuration."""
        return self._learned.values.get(name) is Kind.STATION

    def leave_out(self, name: str, reason: str) -> None:
        """Note a file that is not in the copy."""
        self._tally.left_out.append(LeftOut(name, reason))

    def written(self, text: str) -> None:
        """Count a file of the copy."""
        self._tally.files += 1
        self._tally.lines += text.count("\n") + (not text.endswith("\n") and bool(text))

    def _document(self, target: Path, redactor: Redactor, leaks: Leaks) -> RedactionDocument:
        values = Counter(self._learned.values.values())
        values.update(self._learned.hidden.values())
        replaced = [Replaced(kind.value, values[kind], redactor.counts[kind]) for kind in Kind if redactor.counts[kind]]
        return RedactionDocument(
            schema=SCHEMA,
            tool=ToolInfo("perfkit", VERSION),
            source=str(self._source),
            target=str(target),
            files=self._tally.files,
            lines=self._tally.lines,
            replaced=replaced,
            searched=leaks.searched,
            left_out=self._tally.left_out,
            repeatable=self._options.repeatable,
        )


class _Writer:
    """The second pass."""

    def __init__(self, copy: _Copy, redactor: Redactor, leaks: Leaks) -> None:
        self._copy = copy
        self._redactor = redactor
        self._leaks = leaks

    def write(self, source: Path, folder: Path) -> None:
        """Write the copy of a file or folder into a folder."""
        if source.is_file():
            self._file(source, folder / self._names([source.name])[0], source.name)
            return
        self._folder(source, folder, "")

    def _folder(self, source: Path, target: Path, prefix: str) -> None:
        entries = self._copy.entries(source)
        self._list_what_stays_out(source, entries, prefix)
        names = [entry.name for entry in entries]
        for entry, name in zip(entries, self._names(names, is_top=not prefix), strict=True):
            shown = f"{prefix}{entry.name}"
            if entry.is_dir():
                (target / name).mkdir()
                self._folder(entry, target / name, f"{shown}/")
            elif entry.is_file():
                self._file(entry, target / name, shown)

    def _list_what_stays_out(self, source: Path, entries: list[Path], prefix: str) -> None:
        for path in sorted(set(source.iterdir()) - set(entries)):
            if path.is_symlink():
                self._copy.leave_out(f"{prefix}{path.name}", "a symbolic link; put the file itself there")
            elif not path.name.startswith("."):
                self._copy.leave_out(f"{prefix}{path.name}/", "made from the originals; make it anew from the copy")

    def _file(self, source: Path, target: Path, shown: str) -> None:
        content = self._content(_content(source), shown, UnpackBudget(MAX_UNPACKED_BYTES), depth=0)
        if content is not None:
            target.write_bytes(content)

    def _content(self, content: bytes, name: str, budget: UnpackBudget, *, depth: int) -> bytes | None:
        """The redacted content; None when it stays out, which is noted."""
        kind = containers.archive_kind(content)
        if kind is None:
            return self._leaf(content, name)
        _refuse_depth(depth, name)
        inside = []
        for member in containers.unpacked(content, kind, name, budget):
            redacted = self._content(member.content, f"{name}!/{member.name}", budget, depth=depth + 1)
            if redacted is not None:
                inside.append(Packed(member.name, redacted))
        if not inside:
            return None
        names = self._names([member.name for member in inside])
        return containers.packed([Packed(new, member.content) for new, member in zip(names, inside, strict=True)], kind)

    def _leaf(self, content: bytes, name: str) -> bytes | None:
        decoded = decode(content)
        form = form_of(content, decoded.text, _last(name))
        if not isinstance(form, Form):
            self._copy.leave_out(name, form)
            return None
        text = self._redacted(decoded.text, _last(name), form)
        self._leaks.refuse(text, name, self._copy.find(text, _last(name), form))
        self._copy.written(text)
        return decoded.encode(text)

    def _redacted(self, text: str, name: str, form: Form) -> str:
        if form is not Form.YAML:
            return self._redactor.redact(text, self._copy.rules(form))
        text = cleared(text, name)
        return self._redactor.with_known(text, self._copy.find(text, name, form))

    def _names(self, names: Sequence[str], *, is_top: bool = False) -> list[str]:
        """New names in the same order: logs are read by name, and rows are numbered as they are read."""
        new = [name if is_top and name in _PARTS_OF_A_CAMPAIGN else self._name(name) for name in names]
        if len(set(new)) < len(new) or (list(names) == sorted(names) and new != sorted(new)):
            new = [
                name if is_top and name in _PARTS_OF_A_CAMPAIGN else f"{number:04d}-{name}"
                for number, name in enumerate(new, 1)
            ]
        for name in new:
            self._leaks.refuse(name, "a name in the copy", [])
        return new

    def _name(self, name: str) -> str:
        """The new name; what stands before the test case is the name of a configuration of OCTT."""
        folder, slash, last = name.rpartition("/")
        match = _CONFIGURATION_IN_NAME.match(last)
        if match is not None and self._copy.is_configuration(match["configuration"]):
            last = f"{self._redactor.pseudonyms.substitute(match['configuration'])}{last[match.end('configuration') :]}"
        return f"{self._redactor.redact_name(folder)}{slash}{self._redactor.redact_name(last)}"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None


def _last(name: str) -> str:
    return re.split(r"[/\\]", name)[-1]


def _refuse_depth(depth: int, name: str) -> None:
    if depth >= MAX_DEPTH:
        raise InputError(f"{name}: archives are nested more than {MAX_DEPTH} deep; unpack the inner ones")
