"""Whether the extras `sign` and `token` are there; asked before anything is done that would be in vain without them."""

from __future__ import annotations

from importlib.util import find_spec

from perfkit.core.errors import UsageError

ADVICE = "pip install 'perfkit[report,sign]'"


def is_installed() -> bool:
    """Whether pyHanko can be imported."""
    return find_spec("pyhanko") is not None


def require() -> None:
    """Stop where pyHanko is not there.

    Raises:
        UsageError: it is not installed.
    """
    if not is_installed():
        raise UsageError(f"signatures need the extra `sign`: {ADVICE}")


def require_token() -> None:
    """Stop where keys on tokens cannot be used.

    Raises:
        UsageError: pyHanko or python-pkcs11 is not installed.
    """
    require()
    if find_spec("pkcs11") is None:
        raise UsageError("keys on tokens need the extra `token`: pip install 'perfkit[report,sign,token]'")
