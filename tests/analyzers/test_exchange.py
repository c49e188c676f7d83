from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.core.sample import Flag
from perfkit_analyzers.exchange import Ending, Exchange, Pairing
from perfkit_analyzers.ocpp_message import Direction, MessageType, OcppMessage

IN, OUT = Direction.IN, Direction.OUT
MS = 10**6


def call(
    line: int, message_id: str, *, direction: Direction = OUT, payload: str = "{}", station: str | None = None
) -> OcppMessage:
    """A CALL at `line` ms."""
    raw = payload.encode()
    return OcppMessage(line, line * MS, direction, MessageType.CALL, message_id, "ClearCache", raw, None, station)


def answer(
    line: int,
    message_id: str,
    *,
    direction: Direction = IN,
    kind: MessageType = MessageType.CALLRESULT,
    station: str | None = None,
) -> OcppMessage:
    """An answer at `line` ms."""
    return OcppMessage(line, line * MS, direction, kind, message_id, None, b"{}", None, station)


def paired(*messages: OcppMessage) -> tuple[list[Exchange], int]:
    """Every exchange of the messages in the order in which they end, and the number of orphans."""
    pairing, ended, orphans = Pairing(), [], 0
    for message in messages:
        if message.type is MessageType.CALL:
            pairing.call(message)
            continue
        opened = pairing.answer(message)
        if opened is None:
            orphans += 1
            continue
        ended.append(pairing.answered(opened, message))
        if opened.older is not None:
            ended += pairing.retransmissions(opened)
    last = messages[-1]
    return [*ended, *pairing.finish(last.stamp_ns, last.line)], orphans


def fates(exchanges: list[Exchange]) -> list[tuple[int, int, Ending, tuple[Flag, ...]]]:
    return [(e.call.line, e.end_line, e.ending, e.flags) for e in exchanges]


def test_one_id_in_both_directions() -> None:
    ended, orphans = paired(
        call(1, "7"), call(2, "7", direction=IN), answer(3, "7", direction=OUT), answer(4, "7", direction=IN)
    )

    assert fates(ended) == [(2, 3, Ending.ANSWERED, ()), (1, 4, Ending.ANSWERED, ())]
    assert orphans == 0


def test_a_callerror_ends_it_too() -> None:
    (exchange,), _ = paired(call(1, "7"), answer(5, "7", kind=MessageType.CALLERROR))

    assert (exchange.ending, exchange.end_ns, exchange.is_error) == (Ending.ANSWERED, 5 * MS, True)
    assert exchange.answer is not None
    assert exchange.answer.line == 5


def test_the_second_call_of_one_side_overlaps_the_one_of_the_other_side_does_not() -> None:
    ended, _ = paired(call(1, "a"), call(2, "b"), call(3, "c", direction=IN), answer(4, "b"), answer(5, "a"))

    assert fates(ended) == [
        (2, 4, Ending.ANSWERED, (Flag.PROTO_OVERLAP,)),
        (1, 5, Ending.ANSWERED, ()),
        (3, 5, Ending.UNANSWERED, ()),
    ]


def test_an_answered_call_is_no_longer_open() -> None:
    ended, orphans = paired(call(1, "a"), answer(2, "a"), answer(3, "a"), call(4, "b"), answer(5, "b"))

    assert fates(ended) == [(1, 2, Ending.ANSWERED, ()), (4, 5, Ending.ANSWERED, ())]
    assert orphans == 1


def test_three_with_one_id_the_newest_takes_the_answer_the_equal_one_was_repeated_the_other_stays() -> None:
    ended, orphans = paired(
        call(1, "a", payload='{"x":1}'), call(2, "a", payload="{}"), call(3, "a", payload='{ "x" : 1 }'), answer(4, "a")
    )

    assert fates(ended) == [
        (3, 4, Ending.ANSWERED, (Flag.PROTO_OVERLAP, Flag.DUP_ID)),
        (1, 3, Ending.RETRANSMITTED, (Flag.DUP_ID,)),
        (2, 4, Ending.UNANSWERED, (Flag.PROTO_OVERLAP, Flag.DUP_ID)),
    ]
    assert orphans == 0


def test_the_older_one_with_other_content_takes_the_next_answer() -> None:
    ended, orphans = paired(call(1, "a", payload='{"x":1}'), call(2, "a"), answer(3, "a"), answer(4, "a"))

    assert [(call_line, end) for call_line, end, _, _ in fates(ended)] == [(2, 3), (1, 4)]
    assert orphans == 0


def test_repetitions_that_nobody_answers() -> None:
    ended, _ = paired(call(1, "a"), call(2, "a"), call(3, "a"), call(9, "b", direction=IN))

    assert [(e.call.line, e.end_line, e.ending) for e in ended] == [
        (1, 3, Ending.RETRANSMITTED),
        (2, 3, Ending.RETRANSMITTED),
        (3, 9, Ending.UNANSWERED),
        (9, 9, Ending.UNANSWERED),
    ]


def test_disconnection_ends_what_is_open_and_the_handshake_marks_what_was_sent_meanwhile() -> None:
    pairing = Pairing()
    pairing.call(call(1, "a"))

    assert fates(pairing.disconnected(2 * MS, 2)) == [(1, 2, Ending.DISCONNECTED, ())]
    opened = pairing.call(call(3, "b"))
    assert pairing.connected(4 * MS, 4) == []
    assert pairing.answer(answer(5, "a")) is None
    assert pairing.answer(answer(6, "b")) is opened
    assert pairing.answered(opened, answer(6, "b")).handshake
    after = pairing.call(call(7, "c"))
    assert not pairing.answered(after, answer(8, "c")).handshake


def test_a_connection_without_a_logged_loss_ends_what_is_open() -> None:
    pairing = Pairing()
    pairing.call(call(1, "a"))

    assert fates(pairing.connected(4 * MS, 4)) == [(1, 4, Ending.DISCONNECTED, ())]


def test_nobody_could_answer_a_run_that_ends_without_a_connection() -> None:
    pairing = Pairing()
    pairing.disconnected(1 * MS, 1)
    pairing.call(call(2, "a"))

    assert fates(pairing.finish(3 * MS, 3)) == [(2, 3, Ending.DISCONNECTED, ())]


def test_a_clock_step_concerns_what_is_open_then() -> None:
    pairing = Pairing()
    before = pairing.call(call(1, "a"))
    pairing.clock_stepped()
    after = pairing.call(call(2, "b"))

    assert pairing.answered(before, answer(3, "a")).clock_step
    assert not pairing.answered(after, answer(4, "b")).clock_step


# --- properties -----------------------------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(st.sampled_from(["call", "answer"]), st.sampled_from([IN, OUT]), st.sampled_from("ab"), st.booleans()),
    min_size=1,
    max_size=40,
)


def messages_of(
    events: list[tuple[str, Direction, str, bool]], station: str | None = None, *, step: int = 1, first: int = 1
) -> list[OcppMessage]:
    """Messages on every `step`-th line; answers travel against their calls."""
    made = []
    for line, (kind, direction, message_id, flag) in zip(
        range(first, first + step * len(events), step), events, strict=True
    ):
        if kind == "call":
            payload = '{"x":1}' if flag else "{}"
            made.append(call(line, message_id, direction=direction, payload=payload, station=station))
        else:
            made.append(answer(line, message_id, direction=direction, station=station))
    return made


@settings(max_examples=150, deadline=None)
@given(EVENTS)
def test_nothing_is_invented_lost_or_used_twice(events: list[tuple[str, Direction, str, bool]]) -> None:
    messages = messages_of(events)
    ended, orphans = paired(*messages)

    calls = [message for message in messages if message.type is MessageType.CALL]
    answers = [message for message in messages if message.type is not MessageType.CALL]
    assert Counter(id(e.call) for e in ended) == Counter(id(message) for message in calls)
    used = [id(e.answer) for e in ended if e.answer is not None]
    assert len(used) == len(set(used))
    assert len(used) + orphans == len(answers)
    for exchange in ended:
        assert (exchange.answer is not None) == (exchange.ending is Ending.ANSWERED)
        if exchange.answer is not None:
            assert exchange.answer.message_id == exchange.call.message_id
            assert exchange.answer.direction is not exchange.call.direction
            assert exchange.answer.line > exchange.call.line


@settings(max_examples=150, deadline=None)
@given(EVENTS, EVENTS)
def test_traffic_of_other_stations_changes_nothing(
    mine: list[tuple[str, Direction, str, bool]], others: list[tuple[str, Direction, str, bool]]
) -> None:
    own = messages_of(mine, "CS1", step=2)
    end = call(2 * max(len(mine), len(others)) + 2, "end", direction=IN, station="CS1")
    others_messages = messages_of(others, "CS2", step=2, first=2)
    mixed = sorted([*own, *others_messages], key=lambda message: message.line)

    alone, _ = paired(*own, end)
    together, _ = paired(*mixed, end)

    assert fates(alone) == fates([e for e in together if e.call.station == "CS1"])


@pytest.mark.parametrize("direction", [IN, OUT])
def test_an_answer_of_another_station_is_an_orphan(direction: Direction) -> None:
    other = IN if direction is OUT else OUT
    ended, orphans = paired(
        call(1, "a", direction=direction, station="CS1"), answer(2, "a", direction=other, station="CS2")
    )

    assert [(e.ending, orphans) for e in ended] == [(Ending.UNANSWERED, 1)]
