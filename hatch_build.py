"""Compiles the optional scanner of OCTT text logs and the rules for a wheel or an editable install, and packs the
notebooks into the wheel.

The scanner is C, the rules are the Python modules of `COMPILED_MODULES`, translated by mypyc. Without a C compiler or
Python's headers, or with PERFKIT_PURE=1, the build says so in one line and goes on: perfkit then runs from the Python
sources, with the same results (docs/decisions/0004-compiled-scanner.md, 0015-compiled-rules.md).
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

SOURCE = "analyzers/perfkit_analyzers/scanner/_octt_scan.c"
EXTENSION_SUFFIX = sysconfig.get_config_var("EXT_SUFFIX") or ".so"
EXTENSION = "_octt_scan" + EXTENSION_SUFFIX
COMPILE_TIMEOUT_S = 120

COMPILED_MODULES = (
    "authorizations.py",
    "campaign.py",
    "dialects/base.py",
    "dialects/facts.py",
    "dialects/ocpp16.py",
    "exchange.py",
    "histogram.py",
    "ledger.py",
    "logtext/clock.py",
    "logtext/edited.py",
    "logtext/octt_body.py",
    "logtext/runinfo.py",
    "logtext/verdicts.py",
    "noted.py",
    "ocpp_message.py",
    "parameters/[!_]*.py",
    "resolution.py",
    "responses.py",
    "station.py",
    "targets.py",
    "tracker.py",
)
"""What every message passes through: patterns below analyzers/perfkit_analyzers."""
COMPILE_RULES_TIMEOUT_S = 600
_SETUP = """
import sys
from setuptools import setup
from mypyc.build import mypycify
modules = mypycify(sys.argv.pop().split(","), opt_level="2", group_name="perfkit_rules")
if sys.platform == "linux":  # calls within the library go straight, those of Python by one jump less
    for module in modules:
        module.extra_compile_args += ["-fno-semantic-interposition", "-fno-plt"]
setup(name="rules", ext_modules=modules)
"""


class CompiledParts(BuildHookInterface[BuilderConfig]):
    """Called by hatchling around each wheel."""

    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is put together: into the sources for an editable install, else into the wheel."""
        self._scratch = tempfile.TemporaryDirectory()
        root, scratch = Path(self.root), Path(self._scratch.name)
        why_not = compile_extension(root / SOURCE, scratch / EXTENSION)
        built = {} if why_not else {f"perfkit_analyzers/scanner/{EXTENSION}": scratch / EXTENSION}
        if why_not is None:
            rules, why_not = compile_rules(root, scratch / "rules")
            built.update(rules)
        if why_not is not None:
            self.app.display_warning(f"perfkit: reading logs in Python alone, slower: {why_not}")
        if version == "editable":
            place_beside_sources(root / "analyzers", built)
            return
        build_data["force_include"].update(_notebooks(root))
        if built:
            build_data["force_include"].update({str(file): place for place, file in built.items()})
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Drop what was compiled once the wheel is written."""
        if self._scratch is not None:
            self._scratch.cleanup()


def place_beside_sources(source_root: Path, built: dict[str, Path]) -> None:
    """Move what was built to where Python finds it before the sources; nothing old stays beside new sources."""
    for old in source_root.rglob(f"*{EXTENSION_SUFFIX}"):
        old.unlink()
    for place, file in built.items():
        shutil.move(file, source_root / place)


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


def compile_rules(root: Path, scratch: Path) -> tuple[dict[str, Path], str | None]:
    """The libraries made of `COMPILED_MODULES` by their place in the wheel, and None; or nothing, and why.

    mypyc translates copies in `scratch`, so that nothing is left among the sources.
    """
    for package in ("perfkit", "analyzers/perfkit_analyzers"):
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
        shutil.copytree(root / package, scratch / Path(package).name, ignore=ignored)
    sources = scratch / "perfkit_analyzers"
    modules = [
        file.relative_to(scratch).as_posix() for names in COMPILED_MODULES for file in sorted(sources.glob(names))
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-c", _SETUP, "--quiet", "build_ext", "--inplace", ",".join(modules)],
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=COMPILE_RULES_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return {}, f"mypyc did not run: {error}"
    built = {
        file.relative_to(scratch).as_posix(): file
        for file in [
            *scratch.glob(f"*{EXTENSION_SUFFIX}"),
            *(scratch / "perfkit_analyzers").rglob(f"*{EXTENSION_SUFFIX}"),
        ]
    }
    if done.returncode != 0 or len(built) != len(modules) + 1:  # one library for each, and what they share
        return {}, f"mypyc failed: {(done.stderr or done.stdout).strip()[-300:]}"
    return built, None


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
