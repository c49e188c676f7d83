"""Compare the compiled scanner with the Python loop: `python benchmarks/fuzz_scanner.py [--blocks 30000] [--asan]`.

A corpus of short test-case runs, most of them damaged, is read twice as one log: by the Python loop, and with the
scanner on a stream that gives a random number of bytes at a time. Every event and the tally must be equal. And what
`is_plain` lets pass must be what `clean` would not change.

With `--asan` the scanner is compiled anew with AddressSanitizer and UndefinedBehaviorSanitizer (Linux, gcc), and the
comparison runs with that build; any fault ends it with a report. The same seed gives the same corpus.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from perfkit_analyzers.dialects.table import REPORTS
from perfkit_analyzers.message import LineTally, LogEvent
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage
from perfkit_analyzers.readers.octt_text import Clock, OcttTextReader, Scan

ROOT = Path(__file__).parents[1]
SANITIZERS = ("-g", "-O1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
FRAMES = [
    b'[2,"17","Heartbeat",{}]',
    b'[3, "17", {"currentTime":"2026-03-02T10:15:02.120Z"}]',
    b'[2, "0b8e", "StatusNotification", {"connectorId":1,"errorCode":"NoError","status":"Available"}]',
    b'[2,"5","MeterValues",{"connectorId":1,"meterValue":[{"sampledValue":[{"value":"1.5","unit":"Wh"},{"value":""}]}]}]',
    b'[3,"5",{}]',
    b'[2,"6","DataTransfer",{"data":"\\"quoted\\" \\\\ \\u00e9 \\n [2,\\"9\\"","l":[1,-2.5e-3,0,true,null,[],{}]}]',
    b'\t[ 3\t, "a b" ,\t{ "a" : [ 1 , { "b" : "" } ] , "a" : 2 }]',
    b'[3,"long",{"' + b"k" * 37 + b'":"' + b"v" * 70 + b'"}]',
    '[2,"é-1","Größe",{"text":"µ – 電気"}]'.encode(),
    b'[3,"long","' + b"x" * 40 + b'"]',
    b'[2,"esc\\u0061ped","Authorize",{"idTag":"A"}]',
    b'[2,"","",{}]',
    b'[2,17,"Heartbeat",{}]',
    b'[4,"17","InternalError","busy",{}]',
    b'[6,"17","NotifyEvent",{}]',
    b'[2,"17","Heartbeat",{},{}]',
    b'[3,"17",{"deep":' + b"[" * 57 + b"]" * 57 + b"}]",
    b'[3,"17",{"deep":' + b'[{"a":' * 40 + b"1" + b"}]" * 40 + b"}]",
    b'[3,"17",{"huge":' + b"9" * 400 + b',"tiny":1e-999,"vast":-1E+999}]',
]
DATES = [*[""] * 9, *["2026-03-01T"] * 4, "2024-02-29 ", "2026-12-31T", "2023-02-29T", "1969-12-31T", "2300-01-01T"]
LINES = [
    b" [REQUEST]",
    b" [RESPONSE]",
    b" [info]  Waiting for response message of type HeartbeatResponse",
    b" [info] Received request message of type Authorize",
    b" [info]  Received response message: unexpected",
    b" [info]  Starting Main Testcase Steps",
    b" [prompt]  Plug in the cable",
    b" [warning] slow answer",
    b" [verdict] PASS",
]
REPORT = [b' [msg-in] [2,"5","MeterValues",{"connectorId":1}]', b" [RESPONSE]", b' [msg-out] [3,"5",{}]']
SPLINTERS = [
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\x1b[31m", b"\r", b"\r\n", b"\n", b"\t", b"\x7f", b"\x1f", b'"', b"\\",
    b"{", b"}", b"[", b"]", b"}]", b",", b":;", b"\\u00e9", b"\\ud83d\\ude00", b"\\udc00", b"\\uD8", b"\\x", b"NaN",
    b"Infinity", b"01", b"-", b"-0", b"1.", b".5", b"1e", b"1e999", b"+1", b"nul", b"True", b"9" * 30, b"[" * 70,
    b'{"a":' * 65, b" [msg-in] ", b"[12:00:00:000]", b'"' + b"y" * 33,
]  # fmt: skip
STEPS_MS = [*[0, 0, 1, 20, 1500] * 4, -3, 3_600_000, 3_594_000]
CHUNK_BYTES = 1 << 16


class Trickle(io.BytesIO):
    """A stream that gives a random number of bytes, at least one."""

    def __init__(self, data: bytes, source: random.Random) -> None:
        super().__init__(data)
        self._random = source

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes."""
        return super().read(self._random.randint(1, size if size is not None and size > 0 else CHUNK_BYTES))


def corpus(blocks: int, seed: int) -> bytes:
    """A log of `blocks` short runs, of which four in five are damaged."""
    source = random.Random(seed)
    return b"".join(_damaged(_run(source), source) for _ in range(blocks))


def _run(source: random.Random) -> bytes:
    """Two lines that tell the run and the role, so that plain lines may follow, and up to thirteen more."""
    separator = source.choice([":", ".", ","])
    date = source.choice(DATES)
    clock_ms = source.choice([0, 36_000_000, 86_399_000]) + source.randrange(1000)
    bodies = [b" [started_testcase]  Core_CS - TC_004_CS-Title", b' [msg-in] [2,"1","StatusNotification",{}]']
    bodies += [_body(source) for _ in range(source.randint(1, 10))]
    bodies += source.choice([[], REPORT])
    lines = []
    for body in bodies:
        seconds, milliseconds = divmod(clock_ms % 86_400_000, 1000)
        minutes, second = divmod(seconds, 60)
        stamp = f"[{date}{minutes // 60:02}:{minutes % 60:02}:{second:02}{separator}{milliseconds:03}]"
        lines.append(stamp.encode() + body + b"\n")
        clock_ms += source.choice(STEPS_MS)
    return b"".join(lines)


def _body(source: random.Random) -> bytes:
    if source.random() < 0.3:
        return source.choice(LINES)
    tag = source.choice([b" [msg-in]  ", b" [msg-out]  ", b" [msg-in] ", b" [msg-out] ", b" [msg-out]"])
    return tag + source.choice(FRAMES[: source.choice([9, len(FRAMES)])]) + source.choice([b""] * 12 + [b" ", b"]"])


def _damaged(data: bytes, source: random.Random) -> bytes:
    text = bytearray(data)
    for _ in range(source.choice([0, 1, 1, 2, 5])):
        place = source.randrange(len(text) + 1)
        match source.randrange(5):
            case 0:
                text[place : place + 1] = bytes([source.randrange(256)])
            case 1:
                text[place : place + 1] = bytes([text[place] ^ 1 << source.randrange(8)]) if place < len(text) else b""
            case 2:
                del text[place : place + source.choice([1, 2, 9, 40])]
            case 3:
                text[place:place] = text[place : place + source.choice([1, 3, 30, 200])]
            case _:
                text[place:place] = source.choice(SPLINTERS)
    return bytes(text)


class Comparison(NamedTuple):
    """`difference` is None when both readings are equal.

    `taken` counts the messages that the scanner read itself, `brief` the answers that it told in brief.
    """

    difference: str | None
    tally: LineTally
    taken: int
    brief: int


def compare(data: bytes, scan: Scan, seed: int = 0, *, reports: frozenset[str] = frozenset()) -> Comparison:
    """Read `data` with and without `scan`, and compare every event and the tally.

    Answers to `reports` may be told in brief by the scanner.
    """
    taken = brief = 0

    def counting(  # noqa: PLR0913, PLR0917 - the scanner's signature
        data: bytes, start: int, number: int, clock: Clock, events: list[LogEvent], actions: frozenset[str]
    ) -> Clock:
        nonlocal taken, brief
        before = len(events)
        result = scan(data, start, number, clock, events, actions)
        taken += result[1]
        brief += result[1] - (len(events) - before)
        return result

    plain = OcttTextReader(io.BytesIO(data), "fuzz.log", scan=None)
    scanned = OcttTextReader(Trickle(data, random.Random(seed)), "fuzz.log", scan=counting)
    scanned.tell_in_brief(reports)
    pairs = _pairs(iter(plain), scanned)
    difference = next((f"Python: {expected}\nscanner: {found}" for expected, found in pairs if expected != found), None)
    if difference is None and plain.tally != scanned.tally:
        difference = f"Python: {plain.tally}\nscanner: {scanned.tally}"
    return Comparison(difference, plain.tally, taken, brief)


def _pairs(plain: Iterator[LogEvent], scanned: Iterable[LogEvent]) -> Iterator[tuple[object, object]]:
    """What must be equal; of an answer told in brief only when and to what is known."""
    for found in scanned:
        answered_ns = found.answered_ns if isinstance(found, OcppMessage) else None
        if isinstance(found, OcppMessage) and answered_ns is not None:
            yield _comparable(next(plain, None)), _comparable(found.call_alone())
            yield _gist(next(plain, None)), (answered_ns, Direction.OUT, MessageType.CALLRESULT, found.message_id)
        else:
            yield _comparable(next(plain, None)), _comparable(found)
    yield next(plain, None), None


def _gist(answer: LogEvent | None) -> object:
    if not isinstance(answer, OcppMessage):
        return answer
    return answer.stamp_ns, answer.direction, answer.type, answer.message_id


def _comparable(event: LogEvent | None) -> tuple[object, ...] | None:
    if event is None:
        return None
    given = event.fields() if isinstance(event, OcppMessage) else msgspec.structs.astuple(event)
    fields = [bytes(field) if isinstance(field, msgspec.Raw) else field for field in given]
    return type(event), *fields, *map(type, fields)


def wrongly_plain(data: bytes, is_plain: Callable[[bytes], bool], seed: int = 0) -> bytes | None:
    """A piece of `data` that `is_plain` lets pass although it is to be cleaned; None for none."""
    source = random.Random(seed)
    start = 0
    while start < len(data):
        piece = data[start : start + source.randint(1, 300)]
        if is_plain(piece) and (b"\r" in piece or b"\x1b" in piece or not piece.isascii()):
            return piece
        start += len(piece)
    return None


def load(path: Path) -> tuple[Scan, Callable[[bytes], bool]]:
    """The scanner and `is_plain` of the extension module at `path`."""
    spec = importlib.util.spec_from_file_location("_octt_scan", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no extension module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.scan, module.is_plain


def build_scanner(folder: Path, flags: tuple[str, ...] = ()) -> Path:
    """The scanner compiled with `flags` into `folder`.

    Raises:
        OSError: it could not be compiled.
    """
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    if spec is None or spec.loader is None:
        raise OSError("hatch_build.py not found")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    target = folder / f"_octt_scan{sysconfig.get_config_var('EXT_SUFFIX')}"
    why_not = build.compile_extension(ROOT / build.SOURCE, target, flags)
    if why_not is not None:
        raise OSError(why_not)
    return target


def run_sanitized(arguments: list[str]) -> int:
    """Run this script again with an instrumented build; its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        extension = build_scanner(Path(folder), SANITIZERS)
        compiler = shutil.which("gcc") or "gcc"
        library = subprocess.run([compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
        environment = {
            **os.environ,
            "LD_PRELOAD": library.stdout.strip(),
            "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter itself leaves much to the end of the process
            "PYTHONMALLOC": "malloc",  # each block of bytes between its own guard zones
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        command = [sys.executable, __file__, *arguments, "--extension", str(extension)]
        return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    """Compare, and tell the first difference."""
    parser = argparse.ArgumentParser(description="Compare the compiled scanner with the Python loop on damaged logs.")
    parser.add_argument("--blocks", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asan", action="store_true", help="with a build that reports every fault of memory")
    parser.add_argument("--extension", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.asan:
        return run_sanitized(["--blocks", str(arguments.blocks), "--seed", str(arguments.seed)])
    with tempfile.TemporaryDirectory() as folder:
        scan, is_plain = load(arguments.extension or build_scanner(Path(folder)))
        data = corpus(arguments.blocks, arguments.seed)
        for reports in (frozenset[str](), REPORTS):
            found = compare(data, scan, arguments.seed, reports=reports)
            if found.difference is not None:
                print(found.difference, file=sys.stderr)
                return 1
        piece = wrongly_plain(data, is_plain, arguments.seed)
        if piece is not None:
            print(f"not plain: {piece!r}", file=sys.stderr)
            return 1
    print(
        f"{arguments.blocks} blocks equal: {found.tally}; the scanner itself read {found.taken} of the messages, "
        f"{found.brief} answers of them in brief"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
