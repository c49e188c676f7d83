"""What people and their programs do to the lines of a log before it is read: pasting, joining, saving anew."""

from __future__ import annotations

import codecs
import re
from typing import Final

PADDING: Final = b"\0 \t\r"
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}".encode()
# The last line of a log and the first of the next: OCTT writes no newline at the end of a file, whole or broken off.
# A message is looked through for its end only where one is followed by a beginning (`(?=.*` is quick, `.*?` is not).
_JOINED: Final = re.compile(
    rb"(?P<end>Test ?case result\s*:\s*[A-Z]+?|"
    rb"\[[0-9T:., -]+\]\s*\[(?:stopped_testcase\]|verdict\]\s*[A-Z]+?|"
    rb"msg-(?:in|out)\](?=.*\}\]\s*(?:\xef\xbb\xbf)?[T\[]).*?\}\]))\s*(?:\xef\xbb\xbf)?"
    rb"(?P<begin>Test ?case name\s*:.*|\[[0-9T:., -]+\]\s*\[started_testcase\].*)\Z",
    re.IGNORECASE | re.DOTALL,
)
SHORTEST_END: Final = 8
"""Bytes; no end of a log that `_JOINED` finds is shorter."""


def tidy(line: bytes) -> bytes:
    """A line without padding, without the byte order mark of a joined file, and with plain blanks before its text.

    A browser copies the second of two blanks as a no-break space. Behind the first quotation mark it may be content.
    """
    line = line.strip(PADDING)
    if line.isascii():
        return line
    line = line.removeprefix(codecs.BOM_UTF8).lstrip(PADDING)
    if _NO_BREAK_SPACE not in line:
        return line
    before, quote, after = line.partition(b'"')
    return (before.replace(_NO_BREAK_SPACE, b" ") + quote + after).strip(PADDING)


def joined_lines(line: bytes) -> tuple[bytes, bytes] | None:
    """The end of one log and the beginning of the next where they share a line; None for any other line.

    Examples:
        >>> joined_lines(b"Test case result : PASSTest Case Name : TC_010_CS")
        (b'Test case result : PASS', b'Test Case Name : TC_010_CS')
    """
    if line.lower().find(b"case", SHORTEST_END) < 0:  # nearly always: no beginning behind the shortest end
        return None
    match = _JOINED.match(line)
    return None if match is None else (match["end"], match["begin"])
