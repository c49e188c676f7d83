"""Compiles the optional scanner of OCTT text logs when a wheel is built or an editable install is made, and packs the
notebooks into the wheel.

Without a C compiler or Python's headers, or with PERFKIT_PURE=1, the build says so in one line and goes on: perfkit
then reads by the Python loop, with the same result (docs/decisions/0004-compiled-scanner.md).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = "analyzers/perfkit_analyzers/logtext/_octt_scan.c"
EXTENSION = "_octt_scan" + (sysconfig.get_config_var("EXT_SUFFIX") or ".so")
COMPILE_TIMEOUT_S = 120


class CompiledScanner(BuildHookInterface[BuilderConfig]):
    """Called by hatchling around each wheel."""

    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is put together: into the sources for an editable install, else into the wheel."""
        source = Path(self.root, SOURCE)
        self._scratch = tempfile.TemporaryDirectory()
        built = Path(self._scratch.name, EXTENSION)
        why_not = compile_extension(source, built)
        in_place = source.with_name(EXTENSION)
        if version == "editable":
            in_place.unlink(missing_ok=True)  # never an old one beside new sources
        else:
            build_data["force_include"].update(_notebooks(Path(self.root)))
        if why_not is not None:
            self.app.display_warning(f"perfkit: reading logs in Python alone, slower: {why_not}")
        elif version == "editable":
            shutil.move(built, in_place)
        else:
            build_data["force_include"][str(built)] = f"perfkit_analyzers/logtext/{EXTENSION}"
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Drop what was compiled once the wheel is written."""
        if self._scratch is not None:
            self._scratch.cleanup()


def _notebooks(root: Path) -> dict[str, str]:
    """What `perfkit report` executes, with its place in the wheel; beside the sources it is found in notebooks/."""
    files = sorted((root / "notebooks").glob("*.ipynb"))
    return {str(file): f"perfkit/report/notebook/notebooks/{file.name}" for file in files}


def compile_extension(source: Path, target: Path, extra_flags: tuple[str, ...] = ()) -> str | None:
    """None when `target` was written, else why it was not."""
    if os.environ.get("PERFKIT_PURE", "0") not in {"", "0"}:
        return "PERFKIT_PURE is set"
    headers = Path(sysconfig.get_path("include"))
    if not (headers / "Python.h").exists():
        return "the headers of Python are not installed"
    command = _windows_command(source, target) if sys.platform == "win32" else _unix_command(source, target)
    if command is None:
        return "no C compiler found"
    try:
        done = subprocess.run(
            [*command, *extra_flags],
            cwd=target.parent,
            capture_output=True,
            text=True,
            timeout=COMPILE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"the C compiler did not run: {error}"
    return None if done.returncode == 0 and target.exists() else f"{command[0]} failed: {done.stderr.strip()[:300]}"


def _unix_command(source: Path, target: Path) -> list[str] | None:
    """The way this Python links extensions, with the compiler it was built with or any other at hand."""
    built_with, *link_flags = shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared")
    wanted = shlex.split(os.environ.get("CC", ""))
    candidates = [*([wanted] if wanted else []), [built_with], ["cc"], ["gcc"], ["clang"]]
    compiler = next((words for words in candidates if shutil.which(words[0])), None)
    if compiler is None:
        return None
    flags = ["-std=c11", "-O3", "-fPIC", f"-I{sysconfig.get_path('include')}"]
    return [*compiler, *link_flags, *flags, str(source), "-o", str(target)]


def _windows_command(source: Path, target: Path) -> list[str] | None:
    """Visual C++ where its environment is set up (a developer prompt)."""
    if shutil.which("cl") is None:
        return None
    libraries = Path(sys.base_prefix, "libs")
    flags = ["/nologo", "/O2", "/std:c11", "/LD", f"/I{sysconfig.get_path('include')}"]
    return ["cl", *flags, str(source), f"/Fe{target}", "/link", f"/LIBPATH:{libraries}"]
