"""The exceptions that perfkit raises on purpose.

PerfkitError
├── UsageError    a command that contradicts itself (exit code 2)
├── PicsError     a PICS file that cannot be used; carries every finding (exit code 2)
├── InputError    an input that cannot be read (exit code 3)
├── DeviceError   a radio device that does not answer or refuses (exit code 3)
└── ProbeError    a measurement target that cannot be reached (exit code 3)

The text of each is one sentence for the user: what, where, what to do. Anything else that escapes is a
defect of perfkit.
"""

from __future__ import annotations


class PerfkitError(Exception):
    """Base of everything the command line turns into one sentence and an exit code."""

    exit_code = 2


class UsageError(PerfkitError):
    """Options that contradict each other or a value that cannot be used."""


class PicsError(PerfkitError, ValueError):
    """A PICS file that cannot be used; the text holds one line per finding, each with file:line:column."""


class InputError(PerfkitError, ValueError):
    """An input file, folder, archive or stream that cannot be read."""

    exit_code = 3


class DeviceError(PerfkitError, OSError):
    """A radio device that is absent, does not answer, or refuses a request."""

    exit_code = 3


class ProbeError(PerfkitError, OSError):
    """A measurement target that cannot be reached or breaks the protocol."""

    exit_code = 3
