"""Two JSON documents compared value by value, without any tolerance."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perfkit.core.verification_record import Difference

_SHOWN = 120
_NAMES = ("key", "name", "file", "path", "reason", "switch", "kind")


def differences(expected: object, found: object, *, leave_out: Collection[str] = ()) -> Iterator[Difference]:
    """Where two documents of plain lists and dictionaries differ, in the order of `expected`.

    `leave_out` are JSON pointers whose values, and everything below them, may differ.
    """
    yield from _compare(expected, found, "", "", frozenset(leave_out))


def _compare(
    expected: object, found: object, pointer: str, label: str, leave_out: frozenset[str]
) -> Iterator[Difference]:
    if pointer in leave_out:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in [*expected, *(name for name in found if name not in expected)]:
            below = f"{pointer}/{_escaped(name)}"
            if name not in found or name not in expected:
                if below not in leave_out:
                    yield _one_sided(below, f"{label} {name}", expected, found, name)
            else:
                yield from _compare(expected[name], found[name], below, _labelled(label, name), leave_out)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield Difference(pointer, f"{label}: number of entries", str(len(expected)), str(len(found)))
        for index, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from _compare(one, other, f"{pointer}/{index}", _item_label(label, one, index), leave_out)
    elif type(expected) is not type(found) or expected != found:
        yield Difference(pointer, label, _shown(expected), _shown(found))


def _one_sided(
    pointer: str, label: str, expected: dict[str, object], found: dict[str, object], name: str
) -> Difference:
    if name in expected:
        return Difference(pointer, f"{label.strip()}: is missing", _shown(expected[name]), None)
    return Difference(pointer, f"{label.strip()}: was added", None, _shown(found[name]))


def _labelled(label: str, name: str) -> str:
    return f"{label} {name}".strip()


def _item_label(label: str, item: object, index: int) -> str:
    """An entry of a list by what names it, e.g. `parameters response_timeout`; else by its number."""
    if isinstance(item, dict):
        name = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), None)
        if name is not None:
            return f"{label} {name}"
    return f"{label} [{index}]"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    if value is None:
        text = "null"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
