from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from perfkit.core.errors import InputError
from perfkit.dossier import opened
from perfkit.dossier.bag import DECLARATION_TEXT
from perfkit.dossier.opened import open_dossier


def zip_with(path: Path, *members: str | zipfile.ZipInfo, content: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c/bagit.txt", DECLARATION_TEXT)
        for member in members:
            archive.writestr(member, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught, open_dossier(path):
        pass
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("c/data/../../../evil", "leads out"),
        ("../evil", "leads out"),
        ("/evil", "absolute"),
        ("C:/evil", "Windows"),
        ("c\\..\\..\\evil", "Windows"),
        ("c/data/NUL", "device"),
        ("c/data/x\x1b[2J", "Windows"),
        ("d/data/x", "outside the folder"),
    ],
)
def test_a_hostile_name_is_refused_and_nothing_is_written(tmp_path: Path, name: str, says: str) -> None:
    before = set(tmp_path.parent.rglob("evil*"))
    text = refusal(zip_with(tmp_path / "d.zip", name))
    assert says in text
    assert "damaged" not in text
    assert "\x1b" not in text
    assert set(tmp_path.parent.rglob("evil*")) == before


def test_the_same_name_twice_or_in_another_case(tmp_path: Path) -> None:
    assert "one file on some systems" in refusal(zip_with(tmp_path / "d.zip", "c/data/x", "c/data/X"))
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zip_with(tmp_path / "e.zip", "c/data/x", "c/data/x")
    assert "holds 'c/data/x' twice" in refusal(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("c/data/link")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in refusal(zip_with(tmp_path / "d.zip", link, content=b"/etc/passwd"))


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MIN_ALLOWANCE_BYTES", 1 << 20)
    path = zip_with(tmp_path / "d.zip", "c/data/zeros", content=bytes(32 << 20))
    assert path.stat().st_size < 64 << 10
    assert "archive bomb" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no ZIP at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_dossier(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d.zip").write_bytes(content)
    assert "is no ZIP" in refusal(tmp_path / "d.zip") or "no dossier" in refusal(tmp_path / "d.zip")


def test_what_is_not_there_and_what_holds_no_bag(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.zip")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "so it is no dossier" in refusal(tmp_path / "d.zip")


def test_a_cut_archive_is_one_sentence(tmp_path: Path) -> None:
    path = zip_with(tmp_path / "d.zip", "c/data/x", content=b"x" * 1000)
    path.write_bytes(path.read_bytes()[:-30])
    assert "damaged or incomplete" in refusal(path)


@pytest.mark.parametrize(("name", "what"), [("pics.yaml", "a campaign folder"), ("notes.txt", "no dossier")])
def test_a_folder_that_is_no_dossier_is_not_called_altered(tmp_path: Path, name: str, what: str) -> None:
    (tmp_path / name).write_text("dut: {}")
    with pytest.raises(InputError, match=f"is {what}; pack it with `perfkit dossier`"), open_dossier(tmp_path):
        pass


def test_links_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bagit.txt").write_text(DECLARATION_TEXT)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").symlink_to("/etc/passwd")
    assert "is a link" in refusal(tmp_path)


def test_a_folder_around_the_bag_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "c" / "data").mkdir(parents=True)
    (tmp_path / "c" / "bagit.txt").write_text(DECLARATION_TEXT)
    (tmp_path / "c" / "data" / "x").write_text("x")
    with open_dossier(tmp_path) as dossier:
        assert set(dossier.files) == {"bagit.txt", "data/x"}
