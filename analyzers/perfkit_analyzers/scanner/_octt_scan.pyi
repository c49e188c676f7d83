"""The compiled scanner; absent where no C compiler was at hand (docs/decisions/0004-compiled-scanner.md)."""

from perfkit_analyzers.message import LogEvent

def scan(
    data: bytes,
    start: int,
    number: int,
    clock: tuple[int, int, int, int],
    events: list[LogEvent],
    brief: frozenset[str] = frozenset(),
    /,
) -> tuple[int, int, int, int]:
    """Append the messages of plain lines to `events`; where these lines end, messages, narration, last stamp in ns.

    `data` holds whole lines; reading starts at the byte `start`, with the line after line `number`. `clock` is the
    width of a stamp, what to add to it, the stamp of the last line and the end of the day, all but the first in ns.
    CALLs of actions in `brief` that the DUT sent are told together with their answer (`OcppMessage.answered_ns`).
    Nothing is taken for plain when `data` does not end with a newline.
    """

def is_plain(data: bytes, /) -> bool:
    """Whether `clean` in `blocks` has nothing to do: only ASCII, without carriage returns and the escapes of colours.

    May be False as well for other control characters, which no log is expected to hold.
    """

def payload_time_ns(text: str | None, /) -> int | None:
    """As `perfkit_analyzers.payload_time.payload_time_ns`; times as most stations write them are read here."""
