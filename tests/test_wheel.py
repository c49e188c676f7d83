"""The built archives hold what the repository holds: an editable install would hide every omission."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / "perfkit", ROOT / "analyzers" / "perfkit_analyzers", ROOT / "probes" / "perfkit_probes"]
SCANNER_SOURCE = "perfkit_analyzers/logtext/_octt_scan.c"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _build("--sdist", "--wheel", folder=folder)
    return folder


def _build(*kinds: str, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PERFKIT_PURE": "", **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _can_compile() -> bool:
    headers = Path(sysconfig.get_path("include"), "Python.h")
    return headers.exists() and any(shutil.which(name) for name in ("cc", "gcc", "clang", "cl"))


def _files(folder: Path, base: Path) -> set[str]:
    paths = [path.relative_to(base) for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in paths if path.suffix not in {".so", ".pyd"}]  # compiled in place, for one Python
    return {path.as_posix() for path in kept if not any(part.startswith((".", "__pycache__")) for part in path.parts)}


def test_wheel_holds_exactly_the_three_packages(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    compiled = {
        name for name in names if name.startswith("perfkit_analyzers/logtext/_octt_scan.") and name[-3:] != "pyi"
    }

    notebooks = {f"perfkit/report/notebook/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    sources = set().union(*(_files(package, package.parent) for package in PACKAGES))
    assert names - compiled == (sources | notebooks) - {SCANNER_SOURCE}
    assert len(notebooks) == 3
    assert len(compiled) == (0 if wheel.name.endswith("-py3-none-any.whl") else 1)


def test_a_wheel_is_for_its_platform_exactly_when_the_scanner_could_be_compiled(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")

    assert wheel.name.endswith("-py3-none-any.whl") == (not _can_compile())


def test_without_the_scanner_the_wheel_is_for_every_platform(tmp_path: Path) -> None:
    _build("--wheel", folder=tmp_path, PERFKIT_PURE="1")
    (wheel,) = tmp_path.glob("*.whl")

    assert wheel.name.endswith("-py3-none-any.whl")
    assert not any(name.endswith((".so", ".pyd", ".c")) for name in zipfile.ZipFile(wheel).namelist())


def test_sdist_holds_packages_tests_samples_and_notebooks(archives: Path) -> None:
    (sdist,) = archives.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}

    folders = ["perfkit", "analyzers", "probes", "tests", "sample_logs", "notebooks", "docs", "benchmarks"]
    expected = set().union(*(_files(ROOT / folder, ROOT) for folder in folders))
    assert expected <= names
    assert {"README.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt", "hatch_build.py"} <= names
