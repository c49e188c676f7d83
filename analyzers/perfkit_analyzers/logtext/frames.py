"""A piece of text as an OCPP-J frame, or the reason why it is none.

OCPP-J 1.6 chapter 4 and OCPP-J 2.1 part 4 chapter 4: a frame is a JSON array whose first element is the message type,
`[2, id, action, payload]`, `[3, id, payload]`, `[4, id, code, description, details]`; 2.1 adds
`[5, id, code, description, details]` and `[6, id, action, payload]`.

Deviations that are accepted, because stations in the field show them and nothing is lost: an integer message id (taken
as text), and an error frame without description or details. Everything else that breaks the standard has a reason.
"""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

import msgspec

from perfkit_analyzers.ocpp_message import MessageType


class Call(msgspec.Struct, tag=2, array_like=True, frozen=True, forbid_unknown_fields=True, gc=False):
    """`[2, id, action, payload]` as it stands in the text."""

    message_id: str
    action: Annotated[str, msgspec.Meta(min_length=1)]
    payload: msgspec.Raw


class Result(msgspec.Struct, tag=3, array_like=True, frozen=True, forbid_unknown_fields=True, gc=False):
    """`[3, id, payload]` as it stands in the text."""

    message_id: str
    payload: msgspec.Raw


# Complete and valid UTF-8 is the caller's part: an undecoded payload is checked for JSON, not for its encoding.
decode_strict = msgspec.json.Decoder(Call | Result).decode

_decode_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_text = msgspec.json.Decoder(str).decode
_ELEMENTS = {
    MessageType.CALL: (4, 4),
    MessageType.CALLRESULT: (3, 3),
    MessageType.CALLERROR: (3, 5),
    MessageType.CALLRESULTERROR: (3, 5),
    MessageType.SEND: (4, 4),
}
_INTEGER = re.compile(rb"-?(?:0|[1-9][0-9]*)\Z")
_PYTHON_TEXT = re.compile(rb"\[\s*\d+\s*,\s*u?'")
# To its closing quotation mark or to the end of the text: a search for closed strings alone would start anew at each
# quotation mark inside of an open one.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?P<end>"|\\?\Z)', re.DOTALL)
_EMPTY_DETAILS = b"{}"


class Frame(NamedTuple):
    """A frame taken apart; the fields as in `OcppMessage`."""

    type: MessageType
    message_id: str
    action: str | None
    payload: bytes
    error_code: str | None


class NotAFrame(NamedTuple):
    """Why a text is no OCPP-J frame. `incomplete` is True where more text could make it one."""

    reason: str
    incomplete: bool = False


def read_frame(text: bytes) -> Frame | NotAFrame:
    """The frame in `text`, which must be valid UTF-8, or the reason why there is none.

    Examples:
        >>> read_frame(b'[3,"17",{}]').message_id
        '17'
        >>> read_frame(b'[2,"17","Heartbeat"]').reason
        'frame has 3 elements where CALL needs 4'
    """
    if not text.strip():
        return NotAFrame("no frame after the tag", incomplete=True)
    try:
        elements = _decode_elements(text)
    except msgspec.ValidationError:
        return NotAFrame("JSON is not an array")
    except msgspec.DecodeError as error:
        return _malformed(text, error)
    except RecursionError:
        return NotAFrame("JSON is nested too deeply")
    return _from_elements([bytes(element) for element in elements])


def _from_elements(elements: list[bytes]) -> Frame | NotAFrame:
    if not elements:
        return NotAFrame("frame is an empty array")
    try:
        kind = MessageType(int(elements[0])) if _INTEGER.match(elements[0][:20]) else None
    except ValueError:
        kind = None
    if kind is None:
        return NotAFrame(f"message type {_shown(elements[0])}")
    least, most = _ELEMENTS[kind]
    if not least <= len(elements) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        return NotAFrame(f"frame has {len(elements)} elements where {kind.name} needs {wanted}")
    message_id = _identifier(elements[1])
    if message_id is None:
        return NotAFrame(f"message id {_shown(elements[1])} is neither text nor an integer")
    if kind in (MessageType.CALLERROR, MessageType.CALLRESULTERROR):
        return _error_frame(kind, message_id, elements)
    action = None
    if kind is not MessageType.CALLRESULT:
        action = _text(elements[2])
        if not action:
            return NotAFrame(f"action {_shown(elements[2])} is not a name")
    payload = elements[-1]
    if not payload.startswith(b"{"):
        return NotAFrame(f"payload {_shown(payload)} is not an object")
    return Frame(kind, message_id, action, payload, None)


def _error_frame(kind: MessageType, message_id: str, elements: list[bytes]) -> Frame | NotAFrame:
    code = _text(elements[2])
    if code is None:
        return NotAFrame(f"error code {_shown(elements[2])} is not text")
    if len(elements) < 5:
        return Frame(kind, message_id, None, _EMPTY_DETAILS, code)
    details = elements[4]
    if not details.startswith(b"{"):
        return NotAFrame(f"error details {_shown(details)} are not an object")
    return Frame(kind, message_id, None, details, code)


def _identifier(element: bytes) -> str | None:
    if element.startswith(b'"'):
        return _text(element)
    return element.decode() if _INTEGER.match(element) else None


def _text(element: bytes) -> str | None:
    try:
        return _decode_text(element)
    except msgspec.DecodeError:
        return None


def _shown(element: bytes) -> str:
    return element[:20].decode(errors="replace") + ("…" if len(element) > 20 else "")


def _malformed(text: bytes, error: msgspec.DecodeError) -> NotAFrame:
    if _PYTHON_TEXT.match(text.lstrip()):
        return NotAFrame("Python text with single quotes, not JSON")
    if "trailing" in str(error):
        return NotAFrame("text after the end of the frame")
    if "truncated" not in str(error):
        return NotAFrame(str(error).replace("malformed:", "malformed,"))
    outside = _outside_strings(text)
    if b'"' in outside:  # no string goes on in the next line
        return NotAFrame("JSON ends inside a string")
    for opening, closing, place in ((b"{", b"}", "an object"), (b"[", b"]", "an array")):
        if outside.count(opening) > outside.count(closing):
            return NotAFrame(f"JSON ends inside {place}", incomplete=True)
    return NotAFrame("JSON holds half of a surrogate pair")


def _outside_strings(text: bytes) -> bytes:
    """`text` without its strings; of one that does not end, the quotation mark stays."""
    return _STRING.sub(lambda string: b"" if string["end"] == b'"' else b'"', text)


def open_brackets(text: bytes) -> int:
    """How many brackets `text` opens outside of its strings and does not close; below 0 where it closes more.

    Examples:
        >>> open_brackets(b'[2,"[[",{'), open_brackets(b"}]")
        (2, -2)
    """
    outside = _outside_strings(text)
    return outside.count(b"[") + outside.count(b"{") - outside.count(b"]") - outside.count(b"}")
