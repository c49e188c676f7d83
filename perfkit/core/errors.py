"""The exceptions that perfkit raises on purpose.

PerfkitError
├── UsageError    a command that contradicts itself (exit code 2)
├── FormError     a YAML file that cannot be used; carries every finding (exit code 2)
│   ├── PicsError     the PICS file of a DUT
│   └── LabError      the file about the laboratory
├── InputError    an input that cannot be read (exit code 3)
├── DeviceError   a radio device that does not answer or refuses (exit code 3)
└── ProbeError    a measurement target that cannot be reached (exit code 3)

The text of each is one sentence for the user: what, where, what to do. Anything else that escapes is a
defect of perfkit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


class PerfkitError(Exception):
    """Base of everything the command line turns into one sentence and an exit code."""

    exit_code = 2


class UsageError(PerfkitError):
    """Options that contradict each other or a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a YAML file and its place.

    `line` and `column` count from 1 and are None when the fault is not in the text (a file that cannot be read).
    `key` is the full key (`performance.response_timeout`) where there is one, `nearest` the known key that was
    probably meant.
    """

    file: str
    line: int | None
    column: int | None
    message: str
    key: str | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        """Say it in one line: `file:line:column: message`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.message}"


class FormError(PerfkitError, ValueError):
    """A YAML file that cannot be used; the text holds one line per finding, each with file:line:column."""

    def __init__(self, text: str, findings: tuple[Finding, ...] = ()) -> None:
        """Say `text`; `findings` are the same faults one by one."""
        super().__init__(text)
        self.findings = findings

    @classmethod
    def of(cls, *findings: Finding) -> Self:
        """The error that says these findings, one line each, in the order given."""
        return cls("\n".join(str(finding) for finding in findings), findings)


class PicsError(FormError):
    """A PICS file that cannot be used."""


class LabError(FormError):
    """A file about the laboratory that cannot be used."""


class InputError(PerfkitError, ValueError):
    """An input file, folder, archive or stream that cannot be read."""

    exit_code = 3


class DeviceError(PerfkitError, OSError):
    """A radio device that is absent, does not answer, or refuses a request."""

    exit_code = 3


class ProbeError(PerfkitError, OSError):
    """A measurement target that cannot be reached or breaks the protocol."""

    exit_code = 3
