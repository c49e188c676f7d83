"""One byte anywhere: verification names the file, or says that the archive itself is damaged."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfkit.core.errors import InputError
from perfkit.core.verification_record import State, VerificationDocument
from perfkit.dossier.verify import verify
from tests.perfkit.dossier.campaigns import LOGS, make_campaign, make_dossier

FLIP = st.integers(1, 255)
PLACE = st.floats(0, 1, exclude_max=True)
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tamper")
    make_dossier(make_campaign(folder / "c", LOGS[:1]), folder / "d.zip")
    with zipfile.ZipFile(folder / "d.zip") as archive:
        archive.extractall(folder / "unpacked")
    return folder


def said(document: VerificationDocument) -> str:
    bad = [check for check in document.checks if check.state is State.FAILED]
    return "\n".join(
        f"{check.key} {check.subject} {check.sentence} {[(d.where, d.what) for d in check.differences]}"
        for check in bad
    )


def regions(path: Path) -> list[tuple[int, int, str]]:
    """Where the packed data of each member lie, with its name inside the bag."""
    data = path.read_bytes()
    found = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            header = info.header_offset
            names = int.from_bytes(data[header + 26 : header + 28], "little")
            extra = int.from_bytes(data[header + 28 : header + 30], "little")
            start = header + 30 + names + extra
            found.append((start, start + info.compress_size, info.filename.partition("/")[2]))
    return found


@QUICK
@given(place=PLACE, flip=FLIP)
def test_a_byte_of_the_zip(folder: Path, place: float, flip: int) -> None:
    original = folder / "d.zip"
    data = bytearray(original.read_bytes())
    position = int(place * len(data))
    data[position] ^= flip
    tampered = folder / "tampered.zip"
    tampered.write_bytes(data)
    try:
        document = verify(tampered)
    except InputError as error:
        assert str(error).startswith(str(tampered))  # noqa: PT017 - either outcome is right
        return
    assert not document.unaltered
    text = said(document)
    assert text.startswith("container ")
    name = next((name for start, end, name in regions(original) if start <= position < end), None)
    if name is not None:
        assert name in text or "its bytes are not those that were sealed" in text


@QUICK
@given(which=PLACE, place=PLACE, flip=FLIP)
def test_a_byte_of_an_unpacked_file(folder: Path, which: float, place: float, flip: int) -> None:
    files = sorted(path for path in (folder / "unpacked").rglob("*") if path.is_file())
    path = files[int(which * len(files))]
    original = path.read_bytes()
    data = bytearray(original)
    data[int(place * len(data))] ^= flip
    path.write_bytes(data)
    try:
        document = verify(folder / "unpacked")
        assert not document.unaltered
        assert path.relative_to(folder / "unpacked" / "campaign").as_posix() in said(document)
    finally:
        path.write_bytes(original)
