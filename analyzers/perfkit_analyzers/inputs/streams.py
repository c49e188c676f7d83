"""Streams that hash what is read, count it, and turn what can go wrong into one sentence."""

from __future__ import annotations

import hashlib
import lzma
import tarfile
import zipfile
import zlib
from types import TracebackType
from typing import Protocol, Self

from perfkit.core.errors import InputError

# zipfile and bz2 tell of damage in all of these ways.
DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, ValueError)


class Readable(Protocol):
    """The part of a binary file that is used."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none at the end."""

    def close(self) -> None:
        """Release the file."""


class UnpackBudget:
    """How many bytes may still come out of the archives of one run."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._left = max_bytes

    def spend(self, size_bytes: int, name: str) -> None:
        """Count bytes that were unpacked.

        Raises:
            InputError: more was unpacked than a campaign of logs can be.
        """
        self._left -= size_bytes
        if self._left < 0:
            raise InputError(
                f"{name}: more than {self.max_bytes >> 20} MiB came out of archives, which looks like an archive bomb; "
                "unpack the logs and name their folder"
            )


class InputStream:
    """The bytes of one input. After the last byte was read, `sha256` is the digest of all of them, else None.

    The digest is taken in the thread that reads: a second thread was measured slower, for the hand-over of the
    interpreter lock costs more than SHA-256 of a block.
    """

    def __init__(self, source: Readable, name: str, budget: UnpackBudget | None = None) -> None:
        self.sha256: str | None = None
        self.size_bytes = 0
        self._source = source
        self._name = name
        self._budget = budget
        self._hash = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, none at the end.

        Raises:
            InputError: the file or archive is damaged, or cannot be read any further.
        """
        data = read_or_explain(self._source, size, self._name)
        if data:
            self.size_bytes += len(data)
            if self._budget is not None:
                self._budget.spend(len(data), self._name)
            self._hash.update(data)
        if (not data and size != 0) or size < 0:
            self.sha256 = self.sha256 or self._hash.hexdigest()
        return data

    def close(self) -> None:
        """Release the file."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_or_explain(source: Readable, size: int, name: str) -> bytes:
    """`source.read(size)`.

    Raises:
        InputError: the data are damaged or incomplete, the archive wants a password, or the system refuses.
    """
    try:
        return source.read(size)
    except InputError:
        raise
    except OSError as error:
        if error.errno is None:  # gzip and bz2 tell of damage so, not the system
            raise damaged(name, error) from error
        raise InputError(f"{name}: cannot be read ({error.strerror or error})") from error
    except RuntimeError as error:
        raise InputError(f"{name}: cannot be unpacked ({error}); unpack it and name the folder") from error
    except DAMAGE as error:
        raise damaged(name, error) from error


def damaged(name: str, error: BaseException) -> InputError:
    """The sentence for an archive that is cut or corrupt."""
    what = str(error) or type(error).__name__
    return InputError(f"{name}: damaged or incomplete ({what}); copy or download it again")
