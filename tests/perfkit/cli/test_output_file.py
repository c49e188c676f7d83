from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from perfkit.cli.output_file import OutputFile, written_by_perfkit
from perfkit.core.errors import UsageError


def test_file_appears_only_with_commit(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    target.write_text("old")

    with OutputFile(target) as file:
        file.stream.write(b"new")
        file.stream.flush()
        assert target.read_text() == "old"
        file.commit()

    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["r.json"]


def test_nothing_is_left_without_commit(tmp_path: Path) -> None:
    def interrupted() -> None:
        with OutputFile(tmp_path / "r.json") as file:
            file.stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert os.listdir(tmp_path) == []


def test_new_file_has_the_rights_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    with OutputFile(tmp_path / "r.json") as file:
        file.commit()

    assert stat.S_IMODE((tmp_path / "r.json").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")

    with OutputFile(tmp_path / "link") as file:
        file.stream.write(b"new")
        file.commit()

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_device_is_written_and_not_replaced() -> None:
    with OutputFile(Path(os.devnull)) as file:
        file.stream.write(b"gone")
        file.commit()

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_full_disk_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with OutputFile(Path("/dev/full")) as file:
        file.stream.write(b"x")
        with pytest.raises(UsageError, match="/dev/full cannot be written: No space left"):
            file.commit()


@pytest.mark.parametrize(
    ("name", "message"), [(".", "is a folder"), ("missing/r.json", "cannot be written: No such file or directory")]
)
def test_path_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        OutputFile(tmp_path / name)


def test_input_is_not_overwritten(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("log")
    (tmp_path / "hard").hardlink_to(log)

    for path in (log, tmp_path / "." / "a.log", tmp_path / "hard"):
        with pytest.raises(UsageError, match="is an input; write to another file"):
            OutputFile(path, inputs=[str(log)])
    assert log.read_text() == "log"


def test_file_in_an_input_folder_is_replaced_only_if_perfkit_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("[09:20:43.500] [msg-out]")
    (tmp_path / "old.json").write_text('{\n  "schema": "perfkit.analysis/1"}')

    with pytest.raises(UsageError, match="perfkit did not write it"):
        OutputFile(tmp_path / "a.log", inputs=[str(tmp_path)])
    with OutputFile(tmp_path / "old.json", inputs=[str(tmp_path)]) as file:
        file.commit()

    assert (tmp_path / "old.json").read_text() == ""


def test_file_that_is_not_there_is_not_ours(tmp_path: Path) -> None:
    assert not written_by_perfkit(tmp_path / "missing")
