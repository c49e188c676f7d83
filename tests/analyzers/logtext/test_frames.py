from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit_analyzers.logtext.frames import (
    Call,
    Frame,
    NotAFrame,
    Result,
    decode_strict,
    open_brackets,
    read_frame,
)
from tests.analyzers.readers import naive

SEEDS = [
    b'[2,"19223201","BootNotification",{"chargePointVendor":"VendorX","n":[1.5e3,-0,true,null,{"a":{}}]}]',
    '[3, "gr\u00fcn", {"status": "Accepted", "t": "a\\u0041\\n\\"\\\\", "\u20ac": 10.000000}]'.encode(),
    b'[4,"162376037","NotSupported","",{"a":[]}]',
    b'[2,7,"DataTransfer",{"data":"[2,\\"x\\",\\"Y\\",{}]"}]',
    b'[6,"s","NotifyPeriodicEventStream",{"x":1E-2,"x":2}]',
]
PIECES = [
    b'"', b"\\", b"[", b"]", b"{", b"}", b",", b":", b"0", b"-", b".", b"e", b"1", b" ", b"\t", b"\n", b"\x00", b"\x7f", b"\xc3\xa9",
    b"\\u00e9", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00", b"null", b"NaN", b"Infinity", b"true", b"'", b"/*", b"01", b"+1", b"1.", b"[]",
    b"{}", b'""', b"\\x", b"\\/", b"\xc2\xa0", b"\xe2\x80\xa8",
]  # fmt: skip


@st.composite
def damaged_frames(draw: st.DrawFn) -> bytes:
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 3))
        text = text[:at] + draw(st.sampled_from([*PIECES, b""])) + text[at + length :]
    return text


def is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(max_examples=1500, deadline=None)
@given(damaged_frames().filter(is_utf8))
def test_what_is_a_frame_agrees_with_the_json_of_the_standard_library(text: bytes) -> None:
    expected = naive.frame_of(text.decode())
    found = read_frame(text)
    assert isinstance(found, Frame) is (expected is not None)
    if isinstance(found, Frame) and expected is not None:
        assert (found.type, found.message_id) == (expected[0], str(expected[1]))
        if found.type in (2, 3, 6):
            assert json.loads(bytes(found.payload)) == expected[-1]
    else:
        assert not isinstance(found, Frame)
        assert found.reason


@settings(max_examples=1500, deadline=None)
@given(damaged_frames().filter(is_utf8))
def test_the_fast_decoder_agrees_with_the_careful_reading(text: bytes) -> None:
    try:
        fast: Call | Result | None = decode_strict(text)
    except (msgspec.DecodeError, RecursionError):
        fast = None
    careful = read_frame(text)
    if fast is not None and bytes(fast.payload).startswith(b"{"):
        assert isinstance(careful, Frame)
        action = fast.action if isinstance(fast, Call) else None
        assert (careful.message_id, careful.action) == (fast.message_id, action)
        assert bytes(careful.payload) == bytes(fast.payload)
    elif isinstance(careful, Frame):  # what only the careful reading takes: types 4 to 6 and integer ids
        assert careful.type in (4, 5, 6) or careful.message_id.lstrip("-").isdigit()


@pytest.mark.parametrize(
    ("text", "reason", "incomplete"),
    [
        (b"[2", "JSON ends inside an array", True),
        (b'[3,"a",{"x":"\\ud800"}]', "JSON holds half of a surrogate pair", False),
        (b"[]", "frame is an empty array", False),
        (b"[3]", "frame has 1 elements where CALLRESULT needs 3", False),
        (b'[4,"a",5,"",{}]', "error code 5 is not text", False),
        (b'[4,"a","b","",[]]', "error details [] are not an object", False),
        (b'[123456789012345678901234567890,"a",{}]', "message type 12345678901234567890…", False),
        (b'[2,"a",[1],{}]', "action [1] is not a name", False),
    ],
)
def test_reasons(text: bytes, reason: str, incomplete: bool) -> None:
    assert read_frame(text) == (reason, incomplete)


def test_a_frame_cut_in_a_string_of_escaped_quotes_is_looked_through_once() -> None:
    """Half an hour, if the time grew with the square of the length."""
    cut = b'[2,"a","DataTransfer",{"data":"' + rb"\"x\"," * 100_000
    assert read_frame(cut) == NotAFrame("JSON ends inside a string")
    assert read_frame(cut + b"\\") == NotAFrame("JSON ends inside a string")
    assert open_brackets(cut) == 2
