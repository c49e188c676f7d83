"""What a kind of YAML file is called in error texts."""

from __future__ import annotations

from dataclasses import dataclass

from perfkit.core.errors import FormError


@dataclass(frozen=True, slots=True)
class FormWords:
    """`noun` is "a PICS file", `template` what writes one, `examples` two of its keys, `error` what is raised."""

    noun: str
    template: str
    examples: str
    error: type[FormError]
