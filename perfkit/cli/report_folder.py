"""The folder of an issued report: it appears whole or not at all, and nothing in it is ever replaced."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from perfkit.core.errors import UsageError
from perfkit.report.content.model import ReportContent

CONTENT_NAME = "report.json"
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


class ReportFolder:
    """Where a report with this identification is or will be, below `parent`."""

    def __init__(self, parent: Path, report_id: str) -> None:
        """Nothing is made yet."""
        self.name = _NOT_IN_NAMES.sub("-", report_id).strip(".-") or "report"
        self.path = parent / self.name

    def issued(self) -> ReportContent | None:
        """The content of the report that is there; None when there is none.

        Raises:
            UsageError: something else is there.
        """
        if not os.path.lexists(self.path):
            return None
        try:
            return msgspec.json.decode((self.path / CONTENT_NAME).read_bytes(), type=ReportContent)
        except (OSError, msgspec.DecodeError):
            raise UsageError(f"{self.path} exists and is no report of this perfkit; it is not overwritten") from None

    def has(self, suffix: str) -> bool:
        """Whether the report is there in the format with this suffix."""
        return os.path.lexists(self.file(suffix))

    def file(self, suffix: str) -> Path:
        """The report in the format with this suffix."""
        return self.path / f"{self.name}{suffix}"

    def issue(self, content: ReportContent, files: Mapping[str, bytes]) -> None:
        """Write content and files (by suffix) into a new folder; it gets its name when all is there.

        Raises:
            UsageError: it cannot be written, or the name was taken meanwhile.
        """
        being_written = self.path.with_name(f".{self.name}.{os.getpid()}.part")
        try:
            being_written.mkdir(parents=True)
            (being_written / CONTENT_NAME).write_bytes(content_json(content))
            for suffix, data in files.items():
                (being_written / f"{self.name}{suffix}").write_bytes(data)
            being_written.rename(self.path)
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror or error}") from None
        finally:
            shutil.rmtree(being_written, ignore_errors=True)

    def add(self, files: Mapping[str, bytes]) -> None:
        """Write further formats of the same content beside what is there.

        Raises:
            UsageError: one is there, or cannot be written.
        """
        for suffix, data in files.items():
            target = self.file(suffix)
            being_written = target.with_name(f".{target.name}.{os.getpid()}.part")
            try:
                being_written.write_bytes(data)
                _give_name(being_written, target)
            except FileExistsError:
                raise UsageError(f"{target} exists and is not overwritten") from None
            except OSError as error:
                raise UsageError(f"{target} cannot be written: {error.strerror or error}") from None
            finally:
                being_written.unlink(missing_ok=True)


def _give_name(written: Path, target: Path) -> None:
    """Have a complete file at `target`; FileExistsError where something is, which a rename would replace."""
    try:
        os.link(written, target)
    except FileExistsError:
        raise
    except OSError:  # FAT and exFAT, as on USB sticks, have no second names
        target.touch(exist_ok=False)
        written.replace(target)


def content_json(content: ReportContent) -> bytes:
    """The content as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
