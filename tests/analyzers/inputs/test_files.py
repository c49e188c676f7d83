from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit_analyzers.inputs.files import InputFiles, open_inputs

LOG = b"[10:00:00:000] [info]  x\n" * 2000


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def contents(files: InputFiles) -> dict[str, bytes]:
    found = {}
    for file in files:
        with file.open() as stream:
            found[file.name] = stream.read()
        assert file.sha256 == hashlib.sha256(found[file.name]).hexdigest()
    return found


def names(files: InputFiles) -> list[str]:
    return [file.name for file in files]


def test_a_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    (file,) = open_inputs([path])
    assert (file.name, file.path, file.size_bytes, file.named, file.sha256) == (
        path.as_posix(),
        path,
        len(LOG),
        True,
        None,
    )
    with file.open() as stream:
        parts = [stream.read(1000)]
        assert file.sha256 is None
        while part := stream.read(1000):
            parts.append(part)
    assert b"".join(parts) == LOG
    assert file.sha256 == hashlib.sha256(LOG).hexdigest()


def test_folders_are_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in (
        "b/2.log",
        "b/1.log",
        "a.yaml",
        ".hidden",
        "__MACOSX/x.log",
        "b/.DS_Store",
        "c/d/e/3.png",
        "Thumbs.db",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    files = open_inputs([tmp_path])
    found = list(files)
    assert [file.name.removeprefix(tmp_path.as_posix()) for file in found] == [
        "/a.yaml",
        "/b/1.log",
        "/b/2.log",
        "/c/d/e/3.png",
    ]
    assert {file.named for file in found} == {False}
    assert files.ignored == 4


def test_what_is_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    files = open_inputs([tmp_path, tmp_path / "a.log", tmp_path])
    assert len(list(files)) == 1
    assert files.repeated == 2


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "again").symlink_to(tmp_path)
    assert len(list(open_inputs([tmp_path]))) == 1


ARCHIVES = {
    "x.zip": zipped({"b.log": LOG, "dir/a.log": LOG[:50]}),
    "x.tar": tarred({"b.log": LOG, "dir/a.log": LOG[:50]}),
    "x.tar.gz!/x.tar": gzip.compress(tarred({"b.log": LOG, "dir/a.log": LOG[:50]})),
    "x.tar.bz2!/x.tar": bz2.compress(tarred({"b.log": LOG, "dir/a.log": LOG[:50]})),
    "x.tar.xz!/x.tar": lzma.compress(tarred({"b.log": LOG, "dir/a.log": LOG[:50]})),
}


@pytest.mark.parametrize("shown", ARCHIVES)
def test_archives_are_looked_into_by_content(shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(shown.split("!")[0]).write_bytes(ARCHIVES[shown])
    expected = {f"{shown}!/b.log": LOG, f"{shown}!/dir/a.log": LOG[:50]}
    assert contents(open_inputs([shown.split("!")[0]])) == expected


def test_a_tar_of_the_oldest_kind_has_no_magic_bytes(tmp_path: Path) -> None:
    old = bytearray(tarred({"a.log": LOG}))
    old[257:265] = bytes(8)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old[:512])
    (tmp_path / "old").write_bytes(old)
    assert contents(open_inputs([tmp_path / "old"])) == {f"{(tmp_path / 'old').as_posix()}!/a.log": LOG}


@pytest.mark.parametrize("shown", ARCHIVES)
def test_an_archive_may_come_on_standard_input(shown: str) -> None:
    found = contents(open_inputs(["-"], io.BytesIO(ARCHIVES[shown])))
    assert sorted(found.values()) == sorted([LOG, LOG[:50]])


def test_a_compressed_file_is_its_content(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress(LOG))
    files = open_inputs([path])
    file = next(files)
    assert (file.name, file.named) == (f"{path.as_posix()}!/a.log", True)
    with file.open() as stream:
        assert stream.read() == LOG
    with file.open() as stream:
        assert stream.read() == LOG


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = zipped({"in.log": LOG})
    path = tmp_path / "x.bin"
    path.write_bytes(
        zipped({"day/one.tgz": gzip.compress(tarred({"deep.zip": inner})), ".x/y": b"", "__MACOSX/._a": b""})
    )
    files = open_inputs([path])
    assert contents(files) == {f"{path.as_posix()}!/day/one.tgz!/one!/deep.zip!/in.log": LOG}
    assert files.ignored == 2


def test_an_office_document_is_one_file_and_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    assert names(open_inputs([path])) == [path.as_posix()]


def test_names_in_archives_never_reach_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(zipped({"../../evil\x1b[2J.log": LOG, "/etc/abs.log": LOG}))
    before = sorted(os.listdir(tmp_path))
    found = names(open_inputs([path]))
    assert [name.split("!")[1] for name in found] == ["/../../evil�[2J.log", "//etc/abs.log"]
    assert sorted(os.listdir(tmp_path)) == before


def test_standard_input_is_read_once() -> None:
    files = open_inputs(["-"], io.BytesIO(LOG))
    file = next(files)
    assert (file.name, file.size_bytes, file.named, file.path) == ("-", None, True, None)
    with file.open() as stream:
        assert stream.read() == LOG
    with pytest.raises(InputError, match=r"^-: can be read once only"):
        file.open()
    with pytest.raises(InputError, match="standard input can be named once only"):
        contents(open_inputs(["-", "-"], io.BytesIO(LOG)))


def encrypted() -> bytes:
    data = bytearray(zipped({"secret.log": LOG}, zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def corrupt() -> bytes:
    data = bytearray(zipped({"a.log": LOG}, zipfile.ZIP_STORED))
    data[100] ^= 1
    return bytes(data)


def nested(depth: int) -> bytes:
    data = LOG
    for _ in range(depth):
        data = zipped({"x": data})
    return data


TWO_MEMBERS = tarred({"a.log": LOG, "b.log": LOG})
MEMBER_BYTES = len(tarred({"a.log": LOG}).rstrip(b"\0")) + 511 & ~511

BROKEN = {
    "cut ZIP": (zipped({"a.log": LOG})[:-30], r"damaged or incomplete .*copy or download it again"),
    "cut ZIP member": (zipped({"a.log": LOG})[:60], "damaged or incomplete"),
    "corrupt ZIP": (corrupt(), r"x!/a\.log: damaged or incomplete \(Bad CRC"),
    "encrypted ZIP": (encrypted(), r"encrypted \(member secret\.log\); unpack it"),
    "cut gzip": (gzip.compress(LOG)[:-10], r"x!/x: damaged or incomplete"),
    "gzip of another length": (gzip.compress(LOG)[:-8] + bytes(8), r"damaged or incomplete \(CRC check failed"),
    "corrupt gzip": (gzip.compress(LOG)[:20] + b"\xff" * 40, "damaged or incomplete"),
    "cut tar": (tarred({"a.log": LOG, "b.log": LOG})[:60_000], "damaged or incomplete"),
    "tar cut between members": (
        TWO_MEMBERS[:MEMBER_BYTES],
        r"x: damaged or incomplete \(it ends without an end mark\); ",
    ),
    "tar with a damaged header": (
        TWO_MEMBERS[:MEMBER_BYTES] + b"\xff" + TWO_MEMBERS[MEMBER_BYTES + 1 :],
        r"x: damaged or incomplete \(a damaged header between its members\); copy",
    ),
    "cut bzip2": (bz2.compress(LOG)[:-10], "damaged or incomplete"),
    "cut xz": (lzma.compress(LOG)[:-10], "damaged or incomplete"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z archives are not read; unpack it"),
    "RAR": (b"Rar!\x1a\x07\x00" + bytes(100), "RAR archives are not read"),
    "empty ZIP": (zipped({}), "the archive holds no files"),
    "too deep": (nested(9), "nested more than 6 deep"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_archives_end_in_one_sentence(kind: str, tmp_path: Path) -> None:
    data, sentence = BROKEN[kind]
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(InputError, match=sentence) as caught:
        contents(open_inputs([path]))
    assert str(caught.value).startswith(path.as_posix())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "pack", [lambda data: zipped({"zeros.log": data}), gzip.compress, lambda data: zipped({"x": gzip.compress(data)})]
)
def test_a_bomb_is_refused(pack: object, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    assert callable(pack)
    path.write_bytes(pack(bytes(3_000_000)))
    with pytest.raises(InputError, match="more than 1 MiB came out of archives"):
        contents(open_inputs([path], max_unpacked_bytes=1 << 20))


def test_missing_and_empty_paths(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: does not exist"):
        list(open_inputs([tmp_path / "nowhere"]))
    with pytest.raises(InputError, match="holds no files"):
        list(open_inputs([tmp_path]))
    (tmp_path / ".hidden").write_bytes(b"x")
    with pytest.raises(InputError, match="holds no files"):
        list(open_inputs([tmp_path]))
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="link: is a link to nothing"):
        list(open_inputs([tmp_path]))


def test_an_empty_path_is_not_the_folder_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="one of the paths is empty"):
        contents(open_inputs([""]))


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to(tmp_path / "self")
    with pytest.raises(InputError, match="self: cannot be read"):
        list(open_inputs([tmp_path]))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LOG)
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be opened"):
        list(open_inputs([path]))


def test_a_refused_archive_beside_the_logs_is_only_listed(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    (tmp_path / "b.7z").write_bytes(BROKEN["7z"][0])
    assert len(list(open_inputs([tmp_path]))) == 2
