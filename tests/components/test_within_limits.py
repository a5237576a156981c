import pytest

from declared.stacks import stacks
from policies.limits.all import LIMITS
from tests.components.published import declared


@pytest.mark.parametrize("stack", stacks())
def test_what_the_program_declares_stays_inside_the_limits_of_aws(stack: str) -> None:
    no_runbook = None  # the limits are AWS's own
    assert [str(finding) for limit in LIMITS for finding in limit.check(declared(stack), no_runbook)] == []  # pyright: ignore[reportArgumentType]
