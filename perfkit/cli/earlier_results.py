"""Results of earlier analyses of a campaign: moved aside, one folder each, before a new result takes their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from perfkit.core.errors import UsageError

_CREATED = re.compile(rb'"created"\s*:\s*"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)')
_HEAD_BYTES = 1 << 20


def keep_earlier(files: Sequence[Path], kept_in: Path) -> Path | None:
    """Move the files that exist into a folder of their own below `kept_in`; the folder, None when there are none.

    It is called after the moment at which the first of them says that it was created, else was last written (UTC).

    Raises:
        UsageError: they cannot be moved; nothing is lost then.
    """
    existing = [file for file in files if file.is_file()]
    if not existing:
        return None
    name = _created(existing[0])
    try:
        kept_in.mkdir(parents=True, exist_ok=True)
        folder = _new_folder(kept_in, name)
        for file in existing:
            file.rename(folder / file.name)
    except OSError as error:
        raise UsageError(f"the earlier result cannot be moved to {kept_in}: {error.strerror or error}") from None
    return folder


def _created(file: Path) -> str:
    with file.open("rb") as stream:
        found = _CREATED.search(stream.read(_HEAD_BYTES))
    if found is not None:
        year, month, day, hour, minute, second = (group.decode() for group in found.groups())
        return f"{year}{month}{day}T{hour}{minute}{second}Z"
    return f"{datetime.fromtimestamp(file.stat().st_mtime, UTC):%Y%m%dT%H%M%SZ}"


def _new_folder(parent: Path, name: str) -> Path:
    """A folder that did not exist: two analyses may end within one second."""
    for number in range(1, 1000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise UsageError(f"{parent} holds a thousand results of {name}; clear it up")
