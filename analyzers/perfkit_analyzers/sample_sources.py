"""Which test cases yield values of which parameter, as the plan of a campaign wants to know it."""

from __future__ import annotations

from perfkit.core.plan.case_ids import base_id
from perfkit.core.plan.samples import SampleSource
from perfkit_analyzers.parameters import response_timeout
from perfkit_analyzers.parameters.table import PARAMETERS


def sample_sources() -> tuple[SampleSource, ...]:
    """One per combination of each parameter, in their order; every test case yields response times."""
    return tuple(
        SampleSource(
            parameter=parameter.key,
            combination=entry.combination,
            test_cases=None
            if parameter.key == response_timeout.key
            else tuple(base_id(name) for name in entry.test_cases if name.startswith("TC_")),
            dut_types=frozenset(role.value for role in parameter.roles),
        )
        for parameter in PARAMETERS
        for entry in parameter.yields
    )
