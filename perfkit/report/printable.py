"""Text from logs and PICS files, made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""`text` in one line, with control characters and what does not print written as escapes.

    Examples:
        >>> printable("\x1b[31mred\n"), printable("Zürich"), printable("\udcff")
        ('\\x1b[31mred\\n', 'Zürich', '\\udcff')
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
