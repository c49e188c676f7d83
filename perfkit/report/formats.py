"""The names of the formats, without what is needed to render them."""

from __future__ import annotations

FORMAT_NAMES = ("html", "md", "ipynb", "pdf")
"""In the order in which they are written: what another embeds comes before it."""
