"""What a row of the PICS table is: a key, a section of keys, and a rule between two keys."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.pics.expression import Expression
from perfkit.core.pics.kinds import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One key.

    `clause` names no document when it is the OCPP 1.6 Test Procedure & Test Plans. `synonyms` are words that people
    write instead; they are not accepted, an error names the key.
    """

    key: str
    kind: Kind
    description: str
    clause: str
    example: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A group of keys. A single value in place of the section stands for the key `shorthand`, if it has one."""

    name: str
    title: str
    clause: str
    fields: tuple[Field, ...]
    synonyms: tuple[str, ...] = ()
    shorthand: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Where `section.key` says one of `values`, the key `forbidden` may only be null or one of `allowed`."""

    section: str
    key: str
    values: tuple[str, ...]
    forbidden: tuple[str, str]
    reason: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """When `when` holds for what is stated, the key `at` contradicts what the other keys say; `reason` names them."""

    at: str
    when: Expression
    reason: str
    clause: str
