"""The files of `perfkit network`, opened before anything is measured and in place when they are complete."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from perfkit.cli.output_file import OutputFile
from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.core.network_record import NetworkDocument


class NetworkOutputs:
    """Opens what --out and --junit name; `finish` puts both in place."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        """Open the files.

        Raises:
            UsageError: One cannot be written, is an input, or is named twice.
        """
        paths = [path for path in (arguments.out, arguments.junit, arguments.record_raw) if path is not None]
        if len({path.resolve() for path in paths}) < len(paths):
            raise UsageError("two outputs name the same file; give each its own")
        inputs = [str(path) for path in [*(arguments.merge or []), *([arguments.pics] if arguments.pics else [])]]
        with ExitStack() as stack:
            self._result = _opened(stack, arguments.out, inputs)
            self._junit = _opened(stack, arguments.junit, inputs)
            self._stack = stack.pop_all()

    def finish(self, document: NetworkDocument) -> None:
        """Write the result and put the files in place."""
        if self._result is not None:
            from perfkit.report.result_json import result_json

            self._result.stream.write(f"{result_json(document)}\n".encode())
            self._result.commit()
        if self._junit is not None:
            from perfkit.report.network_junit import render

            self._junit.stream.write(render(document))
            self._junit.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Discard what is not in place."""
        self._stack.close()


def _opened(stack: ExitStack, path: Path | None, inputs: list[str]) -> OutputFile | None:
    return None if path is None else stack.enter_context(OutputFile(path, inputs=inputs))
