"""The performance parameters, in the order of Appendix A.4."""

from __future__ import annotations

from typing import cast

from perfkit_analyzers.parameters import authorize, remote_start, remote_stop, response_timeout, triggered_function
from perfkit_analyzers.parameters.base import Parameter

PARAMETERS: tuple[Parameter, ...] = cast(
    tuple[Parameter, ...], (triggered_function, response_timeout, authorize, remote_start, remote_stop)
)
