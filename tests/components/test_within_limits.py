import pytest

from components.graph import declared_estate
from policies.limits import LIMITS


@pytest.mark.parametrize("stack", ["prod", "staging", "local"])
def test_what_the_program_declares_stays_inside_the_limits_of_aws(stack: str) -> None:
    declared = declared_estate(stack)
    no_runbook = None  # the limits are AWS's own
    assert [str(finding) for limit in LIMITS for finding in limit.check(declared, no_runbook)] == []  # pyright: ignore[reportArgumentType]
