from __future__ import annotations

import pytest

from perfkit_analyzers.prompts import PromptKind, classify_prompt, prompt_connector


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Please plug in your cable on EV side now.", PromptKind.PLUG_IN),
        ("Plug-in the cable", PromptKind.PLUG_IN),
        ("Please connect the EV", PromptKind.PLUG_IN),
        ("Please unplug your cable on EV side now.", PromptKind.UNPLUG),
        ("Un-plug the cable and plug in another", PromptKind.UNPLUG),
        ("Please disconnect the cable", PromptKind.UNPLUG),
        ("Please power cycle the station.", PromptKind.POWER),
        ("Reboot the charge point", PromptKind.POWER),
        ("Please switch off the mains power", PromptKind.POWER),
        ("Please present the card.", PromptKind.OTHER),
        ("Is the connector powerless?", PromptKind.OTHER),
    ],
)
def test_kinds(text: str, kind: PromptKind) -> None:
    assert classify_prompt(text) is kind


@pytest.mark.parametrize(
    ("text", "connector"),
    [("Plug in at connectorId 2 now", 2), ("Plug in, connectorId is '12'", 12), ("Plug in now", None)],
)
def test_connector(text: str, connector: int | None) -> None:
    assert prompt_connector(text) == connector
