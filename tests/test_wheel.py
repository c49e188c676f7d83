"""The built archives hold what the repository holds: an editable install would hide every omission."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hatch_build import COMPILED_MODULES, EXTENSION_SUFFIX

ROOT = Path(__file__).parents[1]
PACKAGES = [ROOT / "perfkit", ROOT / "analyzers" / "perfkit_analyzers", ROOT / "probes" / "perfkit_probes"]
SCANNER_SOURCE = "perfkit_analyzers/scanner/_octt_scan.c"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


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


@pytest.fixture(scope="module")
def pure_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pure")
    _build("--wheel", folder=folder, PERFKIT_PURE="1")
    (wheel,) = folder.glob("*.whl")
    return wheel


def _compiled_places() -> set[str]:
    """Where the compiled parts lie in a wheel, each by its module."""
    root = ROOT / "analyzers"
    modules = {file for names in COMPILED_MODULES for file in (root / "perfkit_analyzers").glob(names)}
    places = {file.relative_to(root).with_suffix("").as_posix() for file in modules}
    return places | {"perfkit_analyzers/scanner/_octt_scan", "perfkit_rules__mypyc"}


def test_wheel_holds_exactly_the_three_packages(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    compiled = {name for name in names if name.endswith((".so", ".pyd"))}

    notebooks = {f"perfkit/report/notebook/notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    sources = set().union(*(_files(package, package.parent) for package in PACKAGES))
    assert names - compiled == (sources | notebooks) - {SCANNER_SOURCE}
    assert len(notebooks) == 3
    expected = set() if wheel.name.endswith("-py3-none-any.whl") else _compiled_places()
    assert {name.split(".")[0] for name in compiled} == expected


@pytest.mark.skipif(not _can_compile(), reason="no C compiler or headers of Python")
def test_compiled_and_pure_wheel_give_the_same_result(archives: Path, pure_wheel: Path, tmp_path: Path) -> None:
    (compiled_wheel,) = archives.glob("*.whl")
    results = []
    for wheel in (compiled_wheel, pure_wheel):
        place = tmp_path / wheel.stem
        zipfile.ZipFile(wheel).extractall(place)  # noqa: S202 - our own
        results.append(_analysis(place, tmp_path / f"{wheel.stem}.csv"))

    (compiled, compiled_tracker), (pure, pure_tracker) = results
    assert compiled_tracker.endswith(EXTENSION_SUFFIX)
    assert pure_tracker.endswith("tracker.py")
    assert compiled == pure
    assert compiled["parameters"][0]["count"] > 0


def _analysis(place: Path, samples: Path) -> tuple[dict[str, Any], str]:
    """What the perfkit unpacked in `place` says of the sample logs, with its rows, and where its rules were found."""
    program = (
        f"import sys; sys.path.insert(0, {str(place)!r})\n"
        "import perfkit_analyzers.tracker as rules; print(rules.__file__, file=sys.stderr)\n"
        "from perfkit.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["analyze", "sample_logs", "--pics", "sample_logs/perf.yaml", "--json", "--samples", str(samples)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    document = json.loads(done.stdout)
    for changing in ("created", "seconds"):
        del document["provenance"][changing]
    document["rows"] = samples.read_text(encoding="utf-8")
    return document, done.stderr.splitlines()[0]


def test_a_wheel_is_for_its_platform_exactly_when_the_scanner_could_be_compiled(archives: Path) -> None:
    (wheel,) = archives.glob("*.whl")

    assert wheel.name.endswith("-py3-none-any.whl") == (not _can_compile())


def test_without_compiled_parts_the_wheel_is_for_every_platform(pure_wheel: Path) -> None:
    assert pure_wheel.name.endswith("-py3-none-any.whl")
    assert not any(name.endswith((".so", ".pyd", ".c")) for name in zipfile.ZipFile(pure_wheel).namelist())


def test_sdist_holds_packages_tests_samples_and_notebooks(archives: Path) -> None:
    (sdist,) = archives.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}

    folders = ["perfkit", "analyzers", "probes", "tests", "sample_logs", "notebooks", "docs", "benchmarks"]
    expected = set().union(*(_files(ROOT / folder, ROOT) for folder in folders))
    assert expected <= names
    assert {"README.md", "LICENSE", "Makefile", "pyproject.toml", "constraints.txt", "hatch_build.py"} <= names
