from __future__ import annotations

import pytest

from perfkit_analyzers.authorizations import REMEMBERED_AUTHORIZATIONS, Authorizations
from perfkit_analyzers.exchange import Ending, Exchange
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage

EMPTY = b"{}"


def call(line: int, message_id: str | None = None) -> OcppMessage:
    return OcppMessage(line, 0, Direction.IN, MessageType.CALL, message_id or f"id{line}", "Authorize", EMPTY)


def exchange(asked: OcppMessage, answered_line: int, duration_ns: int) -> Exchange:
    message_id = asked.message_id
    answer = OcppMessage(answered_line, duration_ns, Direction.OUT, MessageType.CALLRESULT, message_id, None, EMPTY)
    return Exchange(asked, answer, Ending.ANSWERED, duration_ns, answered_line)


@pytest.fixture
def asked() -> Authorizations:
    """A at line 10, answered at 12 after 20 ns; B at line 14, refused at 16 after 30 ns; A at 18, open."""
    found = Authorizations()
    found.ask("a", call(10))
    found.answer(exchange(call(10), 12, 20), accepted=True)
    found.ask("b", call(14))
    found.answer(exchange(call(14), 16, 30), accepted=False)
    found.ask("a", call(18))
    return found


@pytest.mark.parametrize(
    ("lines", "id_tag", "count", "duration_ns", "accepted"),
    [
        ((9, 20), None, 3, 50, False),
        ((9, 20), "a", 2, 20, False),
        ((9, 18), "a", 1, 20, True),
        ((9, 20), "b", 1, 30, False),
        ((9, 20), "c", 0, 0, True),
        ((10, 18), None, 1, 30, False),  # asked at the line where the interval begins: before it
        ((9, 14), None, 1, 20, True),
        ((9, 12), None, 1, 0, False),  # not answered yet
        ((18, 20), None, 0, 0, True),
    ],
)
def test_what_is_nested(
    asked: Authorizations, lines: tuple[int, int], id_tag: str | None, count: int, duration_ns: int, accepted: bool
) -> None:
    assert len(asked.nested(*lines, id_tag)) == count
    assert asked.nested_ns(*lines, id_tag) == duration_ns
    assert (asked.refused(*lines, id_tag) is None) is accepted


def test_of_a_request_sent_again_the_last_counts() -> None:
    found = Authorizations()
    found.ask("a", call(10, "x"))
    found.ask("a", call(11, "x"))
    found.answer(exchange(call(11, "x"), 12, 20), accepted=True)

    assert found.nested_ns(9, 20) == 20
    assert found.refused(9, 20) is None


def test_memory_does_not_grow() -> None:
    found = Authorizations()
    for line in range(1, REMEMBERED_AUTHORIZATIONS + 100):
        found.ask("a", call(line, "x"))

    assert len(found.nested(0, 10_000)) == REMEMBERED_AUTHORIZATIONS
