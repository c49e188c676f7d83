"""--sign of the commands that write a report: the key, and its passphrase or PIN, which is never an argument.

A passphrase on the command line would stand in the shell's history and in the list of processes. It comes from a file,
from the environment, or from the keyboard, in this order.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.core.errors import UsageError

if TYPE_CHECKING:
    from perfkit.signing.key import SigningKey

PASSPHRASE_VARIABLE = "PERFKIT_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable
_MAX_PASSPHRASE_BYTES = 4096


def add_sign_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare --sign and --passphrase-file."""
    group = parser.add_argument_group("signing the PDF (extra `sign`)")
    group.add_argument(
        "--sign", metavar="KEY", help="PKCS#12 file (.p12, .pfx) with key and certificate, or a token's pkcs11: URI"
    )
    group.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=f"its first line is the passphrase or PIN of KEY (else ${PASSPHRASE_VARIABLE}, else it is asked for)",
    )


def read_key(arguments: argparse.Namespace) -> SigningKey | None:
    """The key that --sign names, opened; None without the option. Ask for it before anything is written.

    Raises:
        UsageError: it cannot be opened, or its passphrase is nowhere to be had.
    """
    if arguments.sign is None:
        if arguments.passphrase_file is not None:
            raise UsageError("--passphrase-file is the passphrase of a key; name the key with --sign")
        return None
    from perfkit.signing import library
    from perfkit.signing.key import read_signing_key
    from perfkit.signing.token import SCHEME, open_token_key, token_uri

    library.require()
    if arguments.sign.startswith(SCHEME):
        uri = token_uri(arguments.sign)
        library.require_token()
        return open_token_key(uri, _passphrase(arguments.sign, arguments.passphrase_file))
    if not Path(arguments.sign).is_file():
        raise UsageError(f"{arguments.sign}: there is no such key file")
    return read_signing_key(Path(arguments.sign), _passphrase(arguments.sign, arguments.passphrase_file))


def _passphrase(key: str, file: Path | None) -> str | None:
    """The passphrase; None when the environment says that there is none, by an empty variable."""
    if file is not None:
        return _first_line(file)
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None:
        return given or None
    if not sys.stdin.isatty():
        raise UsageError(
            f"the passphrase of {key} cannot be asked for without a terminal; "
            f"set {PASSPHRASE_VARIABLE} (empty: it has none) or name a --passphrase-file"
        )
    import getpass

    return getpass.getpass(f"Passphrase of {key}: ") or None


def _first_line(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            line = stream.read(_MAX_PASSPHRASE_BYTES).split(b"\n", 1)[0].rstrip(b"\r")
        return line.decode() or None
    except OSError as error:
        raise UsageError(f"{file}: the passphrase cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file}: the passphrase is not UTF-8 text") from None
