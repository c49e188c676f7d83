from __future__ import annotations

import ast
import os
import shlex
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from perfkit.cli import main as cli
from perfkit.cli.emulate import KINDS
from perfkit.core.errors import InputError, PicsError
from perfkit.core.version import VERSION

ROOT = Path(__file__).parents[3]
CLI_FOLDER = Path(cli.__file__).parent
HEAVY = {
    "argparse",
    "asyncio",
    "dataclasses",
    "huawei_lte_api",
    "importlib.metadata",
    "json",
    "matplotlib",
    "msgspec",
    "pandas",
    "pyarrow",
    "rich",
    "scapy",
    "serial",
    "typing",
    "websockets",
    "yaml",
}

RunFunction = Callable[[Namespace], int]
Install = Callable[[RunFunction], None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a stand-in command `measure` with one option `--count` into the table."""

    def put(run: RunFunction) -> None:
        module = ModuleType("perfkit.cli.measure")

        def add_arguments(parser: ArgumentParser) -> None:
            parser.add_argument("--count", type=int, default=0)

        vars(module).update(add_arguments=add_arguments, run=run)
        monkeypatch.setitem(sys.modules, "perfkit.cli.measure", module)
        monkeypatch.setattr(cli, "COMMANDS", {"measure": "Measure a thing."})

    return put


def _raise(error: BaseException) -> RunFunction:
    def run(arguments: Namespace) -> int:
        raise error

    return run


def test_command_gets_its_arguments_and_gives_the_exit_code(install: Install) -> None:
    install(lambda arguments: int(arguments.count))

    assert cli.main(["measure", "--count", "4"]) == 4


def test_help_lists_the_commands_on_stdout(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(lambda arguments: 0)

    assert cli.main(["--help"]) == 0

    out, err = capsys.readouterr()
    assert "  measure  Measure a thing.\n" in out
    assert err == ""


def test_nothing_asked_shows_help_on_stderr_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: perfkit COMMAND")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"perfkit {VERSION}\n"


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("mesure", "perfkit: error: there is no command 'mesure'; did you mean 'measure'?\n"),
        ("xyz", "perfkit: error: there is no command 'xyz'; `perfkit --help` lists what there is.\n"),
        ("--verison", "perfkit: error: there is no option '--verison'; did you mean '--version'?\n"),
    ],
)
def test_mistyped_word(word: str, answer: str, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(lambda arguments: 0)

    assert cli.main([word]) == 2
    assert capsys.readouterr() == ("", answer)


def test_command_help_is_argparse_help(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(lambda arguments: 1)

    assert cli.main(["measure", "--help"]) == 0
    assert "usage: perfkit measure [-h] [--count COUNT]" in capsys.readouterr().out


def test_wrong_option_is_usage(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(lambda arguments: 0)

    assert cli.main(["measure", "--count", "many"]) == 2
    assert "perfkit measure: error: argument --count: invalid int value: 'many'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "exit_code", "answer"),
    [
        (InputError("a.log: not text."), 3, "perfkit: error: a.log: not text.\n"),
        (PicsError("p.yaml:1:2: a.\np.yaml:3:4: b."), 2, "perfkit: error: p.yaml:1:2: a.\np.yaml:3:4: b.\n"),
        (IsADirectoryError(21, "Is a directory", "out"), 2, "perfkit: error: out: Is a directory\n"),
        (
            OSError(28, "No space left on device"),  # what a full disk says behind `perfkit ... > file`
            2,
            "perfkit: error: the output cannot be written: No space left on device\n",
        ),
        (KeyboardInterrupt(), 130, "perfkit: interrupted\n"),
        (
            ZeroDivisionError("division\nby zero"),
            70,
            "perfkit: this is a defect of perfkit, not of your input: ZeroDivisionError: division by zero; "
            "set PERFKIT_TRACEBACK=1 and run again for the traceback to report.\n",
        ),
        (
            OSError("no file name"),
            70,
            "perfkit: this is a defect of perfkit, not of your input: OSError: no file name; "
            "set PERFKIT_TRACEBACK=1 and run again for the traceback to report.\n",
        ),
    ],
)
def test_every_end_is_one_message_and_an_exit_code(
    error: BaseException,
    exit_code: int,
    answer: str,
    install: Install,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PERFKIT_TRACEBACK", raising=False)
    install(_raise(error))

    assert cli.main(["measure"]) == exit_code
    assert capsys.readouterr() == ("", answer)


def test_traceback_on_request(
    install: Install,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PERFKIT_TRACEBACK", "1")
    install(_raise(ZeroDivisionError("boom")))

    assert cli.main(["measure"]) == 70
    assert "Traceback (most recent call last):" in capsys.readouterr().err


def test_reader_that_leaves_early_is_no_error() -> None:
    program = (
        "import sys, types\n"
        "from perfkit.cli import main as cli\n"
        "def run(arguments):\n"
        "    for number in range(100000): print(number)\n"
        "    return 0\n"
        "module = types.ModuleType('perfkit.cli.measure')\n"
        "module.run, module.add_arguments = run, lambda parser: None\n"
        "sys.modules['perfkit.cli.measure'] = module\n"
        "cli.COMMANDS['measure'] = ''\n"
        "sys.exit(cli.main(['measure']))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (141, b"")


def test_reader_that_leaves_while_the_options_are_listed_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "perfkit", "doctor", "--help"]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    try:
        done = subprocess.run(words, stdout=writing, stderr=subprocess.PIPE, env=buffered, check=False)
    finally:
        os.close(writing)

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(("system", "exit_code"), [("nt", 141), ("posix", 70)])
def test_windows_calls_a_reader_that_left_an_invalid_argument(system: str, exit_code: int) -> None:
    program = (
        "import errno, os, sys\n"
        "from perfkit.cli import main as cli\n"
        "def left(words):\n"
        f"    os.name = {system!r}\n"
        "    raise OSError(errno.EINVAL, 'Invalid argument')\n"
        "cli._dispatch = left\n"
        "sys.exit(cli.main(['measure']))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == exit_code
    assert (done.stderr == b"") == (exit_code == 141)


@pytest.mark.skipif(sys.platform == "win32", reason="the shell of POSIX closes files")
@pytest.mark.parametrize(
    ("words", "exit_code", "complaint"),
    [("plan --pics sample_logs/perf.yaml >&-", 0, ""), ("analyze - <&-", 3, "perfkit: error: -: the file is empty\n")],
)
def test_a_program_started_without_stdin_or_stdout(words: str, exit_code: int, complaint: str) -> None:
    command = f"{shlex.quote(sys.executable)} -m perfkit {words}"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, check=False, cwd=ROOT, text=True)

    assert (done.returncode, done.stderr) == (exit_code, complaint)


def test_text_outside_the_encoding_is_printed_with_a_question_mark() -> None:
    program = "from perfkit.cli import main as cli; cli._help_text = lambda: 'a ≤ b'; cli.main(['--help'])"

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii"},
    )

    assert done.stdout.decode("ascii").split() == ["a", "?", "b"]


def test_python_dash_m_runs_the_same_program() -> None:
    done = subprocess.run([sys.executable, "-m", "perfkit", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"perfkit {VERSION}\n"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; before = set(sys.modules); from perfkit.cli.main import main; main(['--help']); "
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert set(done.stderr.split()) & HEAVY == set()
    assert "perfkit.core.version" in done.stderr.split()


def test_table_lists_exactly_the_command_modules() -> None:
    commands = {
        path.stem
        for path in CLI_FOLDER.glob("*.py")
        if {"add_arguments", "run"}
        <= {node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)}
    }

    of_emulate = {module.rpartition(".")[2] for module, _ in KINDS.values()}
    assert set(cli.COMMANDS) | of_emulate == commands


def test_help_of_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for name, summary in cli.COMMANDS.items():
        assert cli.main([name, "--help"]) == 0
        assert summary in " ".join(capsys.readouterr().out.split())


def test_nothing_is_searched_for_cycles_when_the_process_ends() -> None:
    program = (
        "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 0)); "  # called after those of main
        "from perfkit.cli.main import main; main(['--version']); print(gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[1:] == ["0", "True"]
