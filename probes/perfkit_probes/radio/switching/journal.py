"""The settings of a device as they were before perfkit changed them, on disk until they are back.

One file per device in the state folder of the user. It is written before the first change and removed after the
restored settings have been read back; a file without a running perfkit belongs to a killed run.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from perfkit.core.errors import DeviceError
from perfkit_probes.radio.base import ModeSettings

_SCHEMA = "perfkit.dongle-journal/1"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What was saved: where the device is, which it is (see `Identity.key`), its settings, and who wrote this."""

    uri: str
    key: str
    model: str
    settings: ModeSettings
    started: str
    pid: int

    @classmethod
    def now(cls, uri: str, key: str, model: str, settings: ModeSettings) -> JournalEntry:
        """Return an entry of this process."""
        return cls(uri, key, model, settings, datetime.now(UTC).isoformat(timespec="seconds"), os.getpid())


def state_folder() -> Path:
    """Return the folder for what must survive a run: the state folder of the user on this operating system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "perfkit"


class Journal:
    """The journals in one folder; the user's state folder unless told otherwise."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep the folder; nothing is written yet."""
        self._folder = folder or state_folder()

    def path(self, key: str) -> Path:
        """Return the file of one device."""
        return self._folder / f"dongle-{key}.json"

    def save(self, entry: JournalEntry) -> None:
        """Write an entry so that it survives a loss of power; raises DeviceError when the disk refuses."""
        text = json.dumps(
            {
                "schema": _SCHEMA,
                "uri": entry.uri,
                "key": entry.key,
                "model": entry.model,
                "started": entry.started,
                "pid": entry.pid,
                "driver": entry.settings.driver,
                "settings": dict(entry.settings.values),
            },
            indent=1,
        )
        path = self.path(entry.key)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with draft.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            self._sync_folder()
        except OSError as error:
            raise DeviceError(
                f"the dongle's settings cannot be saved in {path} ({error.strerror}), so the dongle was not changed"
            ) from error

    def load(self, key: str) -> JournalEntry | None:
        """Return the entry of one device, None where there is none or the file holds no entry."""
        try:
            data = json.loads(self.path(key).read_text(encoding="utf-8"))
            settings = ModeSettings(data["driver"], tuple((str(k), str(v)) for k, v in data["settings"].items()))
            if data["schema"] != _SCHEMA or not settings.values:
                return None
            return JournalEntry(data["uri"], data["key"], data["model"], settings, data["started"], int(data["pid"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def entries(self) -> list[JournalEntry]:
        """Return all entries, oldest first."""
        keys = [path.stem.removeprefix("dongle-") for path in self._folder.glob("dongle-*.json")]
        found = [entry for entry in map(self.load, keys) if entry is not None]
        return sorted(found, key=lambda entry: entry.started)

    def remove(self, key: str) -> None:
        """Forget one device: its settings are back."""
        self.path(key).unlink(missing_ok=True)
        with suppress(OSError):
            self._sync_folder()

    def _sync_folder(self) -> None:
        """Make the directory entry itself durable, where the system can."""
        if sys.platform == "win32":
            return
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_running(pid: int) -> bool:
    """Return whether another perfkit with this process number runs; False on Windows, where asking would end it.

    On Linux the number may have gone to another program since: a process that is no Python and no perfkit is none.
    """
    if pid == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True
    return b"python" in command or b"perfkit" in command
