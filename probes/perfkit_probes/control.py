"""The control messages between a link probe and its responder: JSON text over one WebSocket.

The client sends a nonce with its upgrade request, and the responder's `welcome` repeats it, so that neither a captive
page nor an echo server is taken for it. With a shared key the responder first sends a `challenge`, the client answers
`hello`, and both prove that they know the key (HMAC-SHA-256, RFC 2104, over challenge and nonce). Everything that
arrives is checked before it is used.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from perfkit.core.errors import ProbeError

DEFAULT_PORT = 9310
PATH = "/perfkit/link/1"
SUBPROTOCOL = "perfkit.link.1"
NONCE_HEADER = "Perfkit-Nonce"
# The largest WebSocket message that either side accepts; reports of trains and streams are far smaller.
MAX_MESSAGE_BYTES = 65_536

Message = Mapping[str, object]


def encode(kind: str, **fields: object) -> str:
    """The JSON text of one message."""
    return json.dumps({"type": kind, **fields}, separators=(",", ":"))


def decode(text: str | bytes, who: str) -> Message:
    """The message in `text`.

    Raises:
        ProbeError: `who` sent something that is not one of the protocol's messages.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProbeError(f"{who} sent something that is not JSON; is this perfkit's responder?") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ProbeError(f"{who} sent JSON without a type; is this perfkit's responder?")
    return message


def whole(message: Message, key: str, *, low: int, high: int) -> int:
    """The integer under `key`.

    Raises:
        ProbeError: It is missing, of another type, or outside low..high.
    """
    value = message.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ProbeError(
            f"message {message.get('type')!r}: {key} is {_short(value)}, expected an integer {low}..{high}; "
            "are both ends the same version of perfkit?"
        )
    return value


def text(message: Message, key: str) -> str:
    """The text under `key`.

    Raises:
        ProbeError: It is missing or of another type.
    """
    value = message.get(key)
    if not isinstance(value, str) or len(value) > 256:
        raise ProbeError(f"message {message.get('type')!r}: {key} is {_short(value)}, expected a text")
    return value


def integers(message: Message, key: str, *, most: int) -> list[int | None]:
    """The list of integers and nulls under `key`.

    Raises:
        ProbeError: It is missing, too long, or holds something else.
    """
    value = message.get(key)
    if not isinstance(value, list) or len(value) > most:
        raise ProbeError(f"message {message.get('type')!r}: {key} is not a list of at most {most} entries")
    if not all(item is None or (isinstance(item, int) and abs(item) < 1 << 62) for item in value):
        raise ProbeError(f"message {message.get('type')!r}: {key} holds something that is not an integer")
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:40] + "..."


def proof(key: str, role: str, challenge: str, nonce: str) -> str:
    """What only an owner of `key` can answer to a challenge and a nonce; `role` keeps both directions apart."""
    material = "\0".join((role, challenge, nonce)).encode()
    return hmac.new(key.encode(), material, "sha256").hexdigest()


def is_equal(given: str, expected: str) -> bool:
    """Whether both texts are the same, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())
