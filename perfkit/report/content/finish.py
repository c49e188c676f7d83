"""The last step of a report's content: every text goes through here, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from perfkit.core.analysis_record import AnalysisDocument
from perfkit.core.secrets import without_secrets
from perfkit.report.content.model import ReportContent
from perfkit.report.printable import printable

Rewrite = Callable[[str], str]


def shared_folder(document: AnalysisDocument) -> str:
    """The folder (or archive) that all logs are in, with its last slash; empty when they have none in common."""
    folders = [info.path.split("/")[:-1] for info in document.inputs]
    common: list[str] = []
    for parts in zip(*folders, strict=False):  # as far as the shortest goes
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return "".join(f"{part}/" for part in common)


def finished(content: ReportContent, folder: str) -> ReportContent:
    """The content as it is printed.

    Secrets are taken out; control characters become escapes, among them those that turn the direction of writing.
    `folder` is left out of the names of files, which the table of logs names in full; raw lines stay as they are.
    """
    clean = lru_cache(maxsize=None)(lambda text: printable(without_secrets(text)))
    prefix = re.compile(rf"(?<![\w./\\-]){re.escape(folder)}")
    short = lru_cache(maxsize=None)(lambda text: prefix.sub("", clean(text)))
    plain = msgspec.to_builtins(msgspec.structs.replace(content, logo=None))
    done = {
        key: _mapped(value, clean if key in {"evidence", "documents"} or not folder else short)
        for key, value in plain.items()
    }
    for entry in done["evidence"]:
        entry["file"] = short(entry["file"]) if folder else entry["file"]
    return msgspec.structs.replace(msgspec.convert(done, ReportContent), logo=content.logo)


def _mapped(value: Any, rewrite: Rewrite) -> Any:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, dict):
        return {key: _mapped(entry, rewrite) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(entry, rewrite) for entry in value]
    return value
