"""Single lines of the inputs, read once more: what a figure is traced back to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from perfkit_analyzers.inputs.files import open_inputs
from perfkit_analyzers.logtext.blocks import ByteStream, line_blocks


def lines_at(paths: Sequence[str], file: str, numbers: Collection[int]) -> dict[int, str]:
    """The lines of `file` (its name in a result, also inside an archive) by number, as the readers number them.

    A line that is not there (any more) is missing from the result.

    Raises:
        InputError: an input cannot be read.
    """
    found: dict[int, str] = {}
    if not numbers:
        return found
    last = max(numbers)
    for candidate in open_inputs(paths):
        if candidate.name != file:
            continue
        with candidate.open() as stream:
            for number, line in _numbered(stream):
                if number in numbers:
                    found[number] = line.decode(errors="replace").rstrip("\r")
                if number >= last:
                    return found
    return found


def digest_and_lines(path: str, file: str, numbers: Collection[int]) -> tuple[str | None, dict[int, str]]:
    """SHA-256 of one file at or inside `path` and its lines by number; (None, {}) when it is not there.

    `file` is its name as `open_inputs([path])` gives it, also inside an archive. It is read to its end.

    Raises:
        InputError: the input cannot be read.
    """
    for candidate in open_inputs([path]):
        if candidate.name != file:
            continue
        with candidate.open() as stream:
            found = {
                number: line.decode(errors="replace").rstrip("\r")
                for number, line in _numbered(stream)
                if number in numbers
            }
        return candidate.sha256, found
    return None, {}


def _numbered(stream: ByteStream) -> Iterator[tuple[int, bytes]]:
    number = 0
    for block in line_blocks(stream):
        lines = block.data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            number += 1
            yield number, line
