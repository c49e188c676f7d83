from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from perfkit_analyzers.excerpt import lines_at
from perfkit_analyzers.logtext import blocks


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"one\ntwo\nthree", {1: "one", 3: "three"}),
        (b"one\r\ntwo\r\nthree\r\n", {1: "one", 3: "three"}),
        ("\ufeffone\ntwo\nthré\n".encode(), {1: "one", 3: "thré"}),
        ("one\ntwo\nthree\n".encode("utf-16"), {1: "one", 3: "three"}),
        (b"one\n\nthr\xe9", {1: "one", 3: "thré"}),
        (b"one\ntwo\n", {1: "one"}),
    ],
    ids=["no end of line", "Windows", "byte order mark", "UTF-16", "Latin-1", "shorter than before"],
)
def test_lines_are_numbered_and_decoded_as_the_readers_do(
    tmp_path: Path, content: bytes, expected: dict[int, str]
) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(content)

    assert lines_at([str(log)], log.as_posix(), {1, 3}) == expected


def test_overlong_line_counts_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MAX_LINE_BYTES", 5000)
    log = tmp_path / "a.log"
    log.write_bytes(b"one\n" + b"x" * 400_000 + b"\nthree\n")

    found = lines_at([str(log)], log.as_posix(), {2, 3})

    assert found[2].startswith("xxx")
    assert found[3] == "three"


def test_member_of_an_archive_and_only_that_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "l.zip", "w") as archive:
        archive.writestr("a.log", "a1\na2\n")
        archive.writestr("b.log", "b1\nb2\n")
    name = f"{tmp_path.as_posix()}/l.zip"

    assert lines_at([name], f"{name}!/b.log", {2}) == {2: "b2"}


def test_nothing_wanted_reads_nothing() -> None:
    assert lines_at(["missing"], "missing", set()) == {}
