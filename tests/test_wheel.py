"""The built archives hold what the repository holds: an editable install would hide every omission."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / "perfkit", ROOT / "analyzers" / "perfkit_analyzers", ROOT / "probes" / "perfkit_probes"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _files(folder: Path, base: Path) -> set[str]:
    paths = [path.relative_to(base) for path in folder.rglob("*") if path.is_file()]
    return {path.as_posix() for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)}


def test_wheel_holds_exactly_the_three_packages(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert names == set().union(*(_files(package, package.parent) for package in PACKAGES))


def test_sdist_holds_packages_tests_samples_and_notebooks(archives: Path) -> None:
    (sdist,) = archives.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}

    folders = ["perfkit", "analyzers", "probes", "tests", "sample_logs", "notebooks", "docs", "benchmarks"]
    expected = set().union(*(_files(ROOT / folder, ROOT) for folder in folders))
    assert expected <= names
    assert {"README.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt"} <= names
