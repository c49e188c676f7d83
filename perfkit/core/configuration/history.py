"""The history of one key: what was read of it and what was asked for, in the order of the logs."""

from __future__ import annotations

from collections.abc import Iterable

from perfkit.core.configuration.standard_key import StandardKey
from perfkit.core.configuration.table import clause_of
from perfkit.core.configuration_record import ConfigurationKey, KeyEvent, KeyEventKind, LogPlace
from perfkit.core.secrets import MASK, is_secret_key

HISTORY_LISTED = 100
"""Steps of a key's history that a result lists; all of them are counted."""

TAKEN = frozenset({"Accepted", "RebootRequired"})
"""Answers to a change after which the DUT has, or will have, the new value."""


class KeyHistory:
    """Takes in what the logs tell of a key. The value of a secret is masked as it comes in."""

    def __init__(self, key: str) -> None:
        """Nothing is known yet."""
        self.key = key
        self.is_secret = is_secret_key(key)
        self.events: list[KeyEvent] = []
        self.value: str | None = None
        self.read_only: bool | None = None
        self.place: LogPlace | None = None
        self.reads = 0

    @property
    def exists(self) -> bool:
        """Whether the DUT has the key: it read it, or took a change of it."""
        return bool(self.reads) or any(event.status in TAKEN for event in self.events)

    def read(self, value: str | None, place: LogPlace, *, read_only: bool | None, times: int = 1) -> None:
        """The DUT said that the key has this value."""
        shown = self._shown(value)
        is_news = not self.reads or (shown, read_only) != (self.value, self.read_only)
        self.reads += times
        if read_only is not None:
            self.read_only = read_only
        self.value, self.place = shown, place
        if is_news:
            self.events.append(KeyEvent(KeyEventKind.READ, shown, None, read_only, place))

    def change(self, value: str | None, status: str, place: LogPlace) -> None:
        """Somebody asked for another value and the DUT answered `status`."""
        shown = self._shown(value)
        if status in TAKEN:
            self.value, self.place = shown, place
        elif self.place is None:
            self.place = place
        self.events.append(KeyEvent(KeyEventKind.CHANGE, shown, status, None, place))

    def _shown(self, value: str | None) -> str | None:
        return MASK if self.is_secret and value else value

    def record(self, row: StandardKey | None) -> ConfigurationKey:
        """The key as the result document has it; `row` is what the standard says of it."""
        changes = [event for event in self.events if event.kind is KeyEventKind.CHANGE]
        return ConfigurationKey(
            key=self.key,
            value=self.value,
            read_only=self.read_only,
            is_secret=self.is_secret,
            place=self.place or LogPlace("", 0),
            is_standard=row is not None,
            type=row.type.value if row else None,
            unit=row.unit if row else None,
            access=row.access if row else None,
            required=row.required if row else None,
            profile=row.profile if row else None,
            source=clause_of(row) if row else None,
            description=row.description if row else None,
            reads=self.reads,
            changes=len(changes),
            accepted_changes=sum(event.status in TAKEN for event in changes),
            history=self.events[:HISTORY_LISTED],
            history_left_out=max(0, len(self.events) - HISTORY_LISTED),
        )


class Configuration:
    """Everything that the logs tell of the configuration: a history per key, and what the DUT does not know."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.histories: dict[str, KeyHistory] = {}
        self.unknown: dict[str, LogPlace] = {}
        self.complete_read: LogPlace | None = None
        self._complete: frozenset[str] = frozenset()

    def steps(self) -> int:
        """How many steps the histories have together."""
        return sum(len(history.events) for history in self.histories.values())

    def read_completely(self, keys: Iterable[str], place: LogPlace) -> None:
        """Note that all keys were asked for, and these were answered."""
        self.complete_read, self._complete = place, frozenset(keys)

    def left_out(self) -> list[str]:
        """Keys that the DUT has and that its answer with all keys does not hold; that answer then proves nothing.

        A secret that can only be set (AuthorizationKey) need not be in it.
        """
        if self.complete_read is None:
            return []
        had = (key for key, history in self.histories.items() if history.exists and not history.is_secret)
        return sorted(key for key in had if key not in self._complete)

    def history(self, key: str) -> KeyHistory:
        """The history of a key, made when it is first seen."""
        known = self.histories.get(key)
        if known is None:
            known = self.histories[key] = KeyHistory(key)
        return known

    def values(self, keys: Iterable[str]) -> dict[str, str]:
        """The last known values of those keys that have one."""
        known = {key: self.histories[key].value for key in keys if key in self.histories}
        return {key: value for key, value in known.items() if value is not None}

    def exists(self, key: str) -> bool | None:
        """Whether the DUT has the key; None when the logs do not tell."""
        history = self.histories.get(key)
        if history is not None and history.exists:
            return True
        is_told = self.complete_read is not None and not self.left_out() and not is_secret_key(key)
        return False if key in self.unknown or is_told else None

    def place(self, key: str) -> LogPlace | None:
        """Where the key, or its absence, was last seen; None when the logs do not tell."""
        history = self.histories.get(key)
        return history.place if history else self.unknown.get(key, self.complete_read)
