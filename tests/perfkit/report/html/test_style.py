"""The colours of the page have the contrast that WCAG 2.1 asks for (1.4.3, level AA: 4.5), by day and by night."""

from __future__ import annotations

import re
from importlib import resources

import pytest

STYLE = resources.files("perfkit.report.html").joinpath("page.css").read_text(encoding="utf-8")
ON = {
    "paper": ("ink", "muted", "accent", "good", "caution", "alarm"),
    "soft": ("ink", "muted", "accent"),
    "caution-soft": ("ink", "caution"),
    "alarm-soft": ("ink", "alarm"),
    "good-soft": ("ink", "good"),
}
PAIRS = [(ground, text) for ground, texts in ON.items() for text in texts]


def colours(which: int) -> dict[str, str]:
    """The variables of the first (day), second (night) or third (paper) set, completed by the first."""
    sets = re.findall(r":root \{(.*?)\}", STYLE, re.S)
    found: dict[str, str] = {}
    for text in (sets[0], sets[which]):
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", text))
    return found


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#fff"), 2) == 4.48


@pytest.mark.parametrize("which", [0, 1, 2], ids=["day", "night", "paper"])
@pytest.mark.parametrize(("ground", "text"), PAIRS)
def test_every_text_can_be_read(which: int, ground: str, text: str) -> None:
    found = colours(which)

    assert contrast(found[ground], found[text]) >= 4.5


def test_no_style_loads_anything() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "http" not in STYLE
