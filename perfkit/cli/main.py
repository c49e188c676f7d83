"""The entry point: picks a command, runs it, and turns every way it can end into one line and an exit code.

A command is a module `perfkit.cli.<command>` with `add_arguments(parser)` and `run(arguments) -> int`, and
one line in `COMMANDS`. The module is imported when the command is chosen, so help costs little more than an
empty Python.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from collections.abc import Sequence

from perfkit.core.version import VERSION

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import of typing
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from types import ModuleType

COMMANDS: dict[str, str] = {
    "analyze": "measure the performance parameters in the message logs of a certification campaign",
    "coverage": "say which test cases of the plan the logs of a campaign cover, and what remains",
    "doctor": "say what is there for measuring a link, what is missing, and how to mend it",
    "dossier": "pack a campaign into one ZIP with hashes: inputs, results, reports",
    "dongle": "find the radio device, show its state, put it back after a killed run",
    "emulate": "emulate the hardware that is not at hand",
    "init": "make a campaign folder: PICS template, places for logs and network records, what to do in which order",
    "monitor": "record how the link is during the measurement: latency, signal, gaps",
    "network": "measure whether the link is good enough: bandwidth, latency, RSSI, per technology",
    "pics": "write, check and describe the PICS file of a DUT",
    "plan": "list the conformance test cases that a PICS asks for, and the values that they yield",
    "report": "write the report of a campaign: HTML, Markdown, PDF, notebook",
    "redact": "copy a campaign with identities and secrets replaced, timings untouched",
    "responder": "answer the link measurements of `perfkit network` from the far end",
    "schema": "print the JSON Schema of a result document",
    "verify": "check a dossier: hashes, figures recomputed from the raw logs, signatures",
}

EXIT_USAGE = 2
EXIT_DEFECT = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE, as shells report it
DISK_FULL = frozenset({"ENOSPC", "EDQUOT", "EIO"})
TRACEBACK_VARIABLE = "PERFKIT_TRACEBACK"


def main(argv: Sequence[str] | None = None) -> int:
    """Run `perfkit ARGV` and return its exit code; `sys.argv` without argument."""
    words = list(sys.argv[1:] if argv is None else argv)
    atexit.register(gc.freeze)  # what is there at the end goes with the process: nothing is searched for cycles
    _open_what_is_closed()
    _let_every_text_be_printed()
    try:
        exit_code = _dispatch(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _complain("interrupted", EXIT_INTERRUPTED)
    except Exception as error:
        return _leave_broken_pipe() if _is_broken_pipe(error) else _explain(error)
    return exit_code


def _dispatch(words: list[str]) -> int:
    if not words:
        print(_help_text(), file=sys.stderr)
        return EXIT_USAGE
    first, rest = words[0], words[1:]
    if first in {"-h", "--help"}:
        print(_help_text())
        return 0
    if first == "--version":
        print(f"perfkit {VERSION}")
        return 0
    if first not in COMMANDS:
        return _complain(_unknown_text(first), EXIT_USAGE)
    return _run_command(first, rest)


def _run_command(name: str, words: list[str]) -> int:
    import argparse

    module = _command_module(name)
    parser: ArgumentParser = argparse.ArgumentParser(
        prog=f"perfkit {name}",
        description=COMMANDS[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    try:
        exit_code: int = module.run(parser.parse_args(words))
    except SystemExit as stop:  # argparse: help was printed (0) or the usage is wrong (2); or a signal came
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    return exit_code


def _command_module(name: str) -> ModuleType:
    import importlib

    return importlib.import_module(f"perfkit.cli.{name}")


def _help_text() -> str:
    width = max((len(name) for name in COMMANDS), default=0)
    commands = [f"  {name:<{width}}  {summary}" for name, summary in COMMANDS.items()]
    return "\n".join(
        [
            "usage: perfkit COMMAND [options]",
            "",
            "Performance measurement and network characterization for OCPP 1.6 certification.",
            "",
            "commands:",
            *commands,
            "",
            "options:",
            "  -h, --help  show this help; `perfkit COMMAND --help` shows the options of a command",
            "  --version   show the version",
        ]
    )


def _unknown_text(word: str) -> str:
    import difflib

    kind = "option" if word.startswith("-") else "command"
    candidates = ["--help", "--version"] if kind == "option" else list(COMMANDS)
    near = difflib.get_close_matches(word, candidates, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`perfkit --help` lists what there is."
    return f"error: there is no {kind} {word!r}; {hint}"


def _explain(error: Exception) -> int:
    """Say what went wrong on stderr; the exit code that belongs to it."""
    from perfkit.core.errors import PerfkitError

    if os.environ.get(TRACEBACK_VARIABLE):
        import traceback

        traceback.print_exc()
    if isinstance(error, PerfkitError):
        return _complain(f"error: {error}", error.exit_code)
    if isinstance(error, OSError) and error.filename is not None:
        return _complain(f"error: {error.filename}: {error.strerror}", EXIT_USAGE)
    if isinstance(error, OSError) and errno.errorcode.get(error.errno or 0) in DISK_FULL:
        return _complain(f"error: the output cannot be written: {error.strerror}", EXIT_USAGE)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    advice = f"set {TRACEBACK_VARIABLE}=1 and run again for the traceback to report."
    return _complain(f"this is a defect of perfkit, not of your input: {what}; {advice}", EXIT_DEFECT)


def _complain(text: str, exit_code: int) -> int:
    print(f"perfkit: {text}", file=sys.stderr)
    return exit_code


def _is_broken_pipe(error: Exception) -> bool:
    """Whether the reader of the output has gone; Windows says EINVAL (bugs.python.org/issue35754)."""
    if isinstance(error, BrokenPipeError):
        return True
    return os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL and error.filename is None


def _leave_broken_pipe() -> int:
    """End quietly: whoever read our output (`perfkit … | head`) has enough of it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # else the interpreter complains when it flushes at its end
    os.close(nowhere)
    return EXIT_BROKEN_PIPE


def _open_what_is_closed() -> None:
    """Stand-ins for a stdin, stdout or stderr that the program was started without: nothing to read, nobody to tell."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 - open to the end
            os.set_inheritable(stream.fileno(), True)  # the kernel of a notebook wants one too
            setattr(sys, name, stream)


def _let_every_text_be_printed() -> None:
    """Print "?" for what the terminal's encoding lacks (Windows, redirected) instead of stopping there."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
