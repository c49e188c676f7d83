"""Pairs CALLs with their answers by looking back over the list of records (rules P1 to P6)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.oracle.reading import CALL, CALLERROR, CALLRESULT, Record, Run


@dataclass
class Call:
    """A CALL with what became of it."""

    index: int
    record: Record
    answer_index: int | None = None
    answer: Record | None = None
    repeated_at: Record | None = None
    """The later CALL that repeats this one while it is open (P4)."""
    lost_at: Record | None = None
    """The line that ended the connection while the CALL was open (P1)."""
    sent_while_down: bool = False
    flags: set[str] = field(default_factory=set)

    @property
    def status(self) -> str | None:
        """``status`` of the answer, or of its idTagInfo; None without."""
        if self.answer is None:
            return None
        found = self.answer.payload.get("status")
        info = self.answer.payload.get("idTagInfo")
        if found is None and isinstance(info, dict):
            found = info.get("status")
        return found if isinstance(found, str) else None

    @property
    def is_error(self) -> bool:
        """The answer is a CALLERROR."""
        return self.answer is not None and self.answer.frame_type == CALLERROR

    def answered_before(self, index: int) -> bool:
        """The answer is logged before the record of this index."""
        return self.answer_index is not None and self.answer_index < index


def connections(run: Run) -> tuple[list[int], list[bool]]:
    """Per record: number of the connection, and whether it is down (P1)."""
    epoch, down, accepted = 0, False, False
    epochs, downs = [], []
    for record in run.records:
        event = record.connection_event
        if event == "lost":
            epoch, down = epoch + 1, True
        elif event == "up":
            if not down and not accepted:
                epoch += 1
            down = False
        if record.frame_type is not None:
            accepted = False
        elif event == "up":
            accepted = True  # "accepts the reconnection attempt", then "Successfully connected": one event
        epochs.append(epoch)
        downs.append(down)
    return epochs, downs


def pair(run: Run) -> list[Call]:
    """All CALLs of a run, of both sides, with their answers."""
    epochs, downs = connections(run)
    calls = [
        Call(index, record, sent_while_down=downs[index])
        for index, record in enumerate(run.records)
        if record.frame_type == CALL
    ]
    for index, record in enumerate(run.records):
        if record.frame_type in (CALLRESULT, CALLERROR):
            _take_answer(calls, epochs, index, record)
    for call in calls:
        call.repeated_at = _repetition(calls, epochs, call)
        if call.answer is None and call.repeated_at is None:
            ended = connection_end(run, call.index)
            call.lost_at = None if ended is None else run.records[ended]
    for earlier, later in _crossing(calls, epochs):
        later.flags.add("PROTO_OVERLAP")  # P3
        if earlier.record.message_id == later.record.message_id:
            earlier.flags.add("DUP_ID")  # P4
            later.flags.add("DUP_ID")
    return calls


def _take_answer(calls: list[Call], epochs: list[int], index: int, answer: Record) -> None:
    """P1, P4: the newest open CALL of the other side with this id on this connection; else an orphan."""
    for call in reversed(calls):
        if (
            call.index < index
            and call.answer is None
            and call.record.sender != answer.sender
            and call.record.message_id == answer.message_id
            and epochs[call.index] == epochs[index]
            and _repetition(calls, epochs, call, before=index) is None
        ):
            call.answer, call.answer_index = answer, index
            return


def _repetition(calls: list[Call], epochs: list[int], call: Call, before: int | None = None) -> Record | None:
    """P4: the first identical CALL sent while this one is open."""
    for later in calls:
        if before is not None and later.index > before:
            return None
        if (
            later.index > call.index
            and not call.answered_before(later.index)
            and epochs[later.index] == epochs[call.index]
            and later.record.sender == call.record.sender
            and later.record.message_id == call.record.message_id
            and later.record.action == call.record.action
            and later.record.payload == call.record.payload
        ):
            return later.record
    return None


def _crossing(calls: list[Call], epochs: list[int]) -> Iterator[tuple[Call, Call]]:
    """Pairs of CALLs of one sender of which the second is sent while the first is open."""
    for later in calls:
        for earlier in calls:
            if (
                earlier.index < later.index
                and earlier.record.sender == later.record.sender
                and epochs[earlier.index] == epochs[later.index]
                and not earlier.answered_before(later.index)
                and _repetition(calls, epochs, earlier, before=later.index - 1) is None
            ):
                yield earlier, later


def steps_between(run: Run, start: int, end: int) -> bool:
    """P6: the clock stepped after record ``start``, up to and including record ``end``."""
    return any(record.step for record in run.records[start + 1 : end + 1])


def first_step(run: Run, start: int) -> Record | None:
    """The first record after ``start`` at which the clock stepped."""
    return next((record for record in run.records[start + 1 :] if record.step), None)


def connection_end(run: Run, index: int) -> int | None:
    """Index of the record that ends the connection the record belongs to (P1); None if none does."""
    epochs, _ = connections(run)
    return next((at for at in range(index, len(epochs)) if epochs[at] != epochs[index]), None)


def handshake_between(run: Run, start: int, end: int) -> int | None:
    """Index of the first "connected" line between two records."""
    return next((at for at in range(start + 1, end) if run.records[at].connection_event == "up"), None)
