from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from perfkit.cli.sign_option import PASSPHRASE_VARIABLE, add_sign_arguments, read_key
from perfkit.core.errors import UsageError
from perfkit.signing import library
from tests.perfkit.signing.certificates import PASSPHRASE, self_signed


@pytest.fixture(autouse=True)
def no_passphrase_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(curve=True).write_pkcs12(tmp_path_factory.mktemp("key") / "lab.p12")


def arguments(*words: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_sign_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def test_without_the_option_nothing_is_signed() -> None:
    assert read_key(arguments()) is None


def test_the_passphrase_from_a_file(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "pass").write_text(f"{PASSPHRASE}\r\nsecond line\n")
    key = read_key(arguments("--sign", key_file, "--passphrase-file", tmp_path / "pass"))
    assert key is not None
    assert key.subject == "Invented Test Laboratory"


def test_the_passphrase_from_the_environment(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, PASSPHRASE)
    assert read_key(arguments("--sign", key_file)) is not None


def test_the_passphrase_from_the_keyboard(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSPHRASE if str(key_file) in prompt else "")
    assert read_key(arguments("--sign", key_file)) is not None


def test_an_empty_variable_is_no_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "")
    path = self_signed(curve=True).write_pkcs12(tmp_path / "lab.p12", None)
    assert read_key(arguments("--sign", path)) is not None


def test_without_a_terminal_it_says_how_to_give_the_passphrase(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageError, match=f"set {PASSPHRASE_VARIABLE} .* or name a --passphrase-file"):
        read_key(arguments("--sign", key_file))


def test_what_contradicts_itself_or_is_not_there(tmp_path: Path, key_file: Path) -> None:
    with pytest.raises(UsageError, match="name the key with --sign"):
        read_key(arguments("--passphrase-file", tmp_path / "pass"))
    with pytest.raises(UsageError, match="there is no such key file"):
        read_key(arguments("--sign", tmp_path / "none.p12"))
    with pytest.raises(UsageError, match="the passphrase cannot be read"):
        read_key(arguments("--sign", key_file, "--passphrase-file", tmp_path / "none"))
    (tmp_path / "latin").write_bytes(b"\xff\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_key(arguments("--sign", key_file, "--passphrase-file", tmp_path / "latin"))


def test_without_the_extra_it_says_so_before_it_asks(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_installed", lambda: False)
    with pytest.raises(UsageError, match="pip install"):
        read_key(arguments("--sign", key_file))
