"""Which test cases produce values of a parameter."""

from __future__ import annotations

import msgspec


class Yield(msgspec.Struct, frozen=True):
    """Test cases (Appendix C ids) that produce values of one combination, for "what is still to be measured"."""

    combination: str
    test_cases: tuple[str, ...]
