"""An audit during a deployment waits, and in the end gives no answer rather than a wrong one."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from audit.api import AbsentError, Account
from audit.deploying import ATTEMPTS, PAUSE_SECONDS, Marker, deploying, read_marker, undisturbed
from audit.model import NO_ANSWERS, Drift, Status
from estate.names import Names

NAMES = Names("local", "123456789012", "us-east-1")
OLD, NEW = "0" * 64, "1" * 64


class Parameters(Account):
    """Answers with what the parameters hold."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def fresh(self) -> Account:
        return self

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        if parameters["Name"] not in self.values:
            raise AbsentError("ParameterNotFound")
        return {"Parameter": {"Value": self.values[parameters["Name"]]}}


@dataclass
class Looks:
    """Looks that are disturbed so often, and the pauses between them."""

    disturbed: int
    taken: int = 0
    pauses: list[float] = field(default_factory=list[float])

    def __call__(self) -> Drift | None:
        self.taken += 1
        return deploying(NAMES, Marker(NEW, OLD), Marker(NEW, OLD)) if self.taken <= self.disturbed else None


def test_the_marker_is_read_from_both_parameters() -> None:
    account = Parameters({"/author/deployment/opened": NEW, "/author/deployment/closed": OLD})
    assert read_marker(account, NAMES) == Marker(NEW, OLD)
    assert read_marker(Parameters({}), NAMES) == Marker(None, None)


@pytest.mark.parametrize(
    ("before", "after", "under_way"),
    [
        (Marker(OLD, OLD), Marker(OLD, OLD), False),
        (Marker(None, None), Marker(None, None), False),  # nothing was ever deployed: everything is missing
        (Marker(NEW, OLD), Marker(NEW, OLD), True),
        (Marker(NEW, None), Marker(NEW, None), True),
        (Marker(OLD, OLD), Marker(NEW, OLD), True),
        (Marker(OLD, OLD), Marker(NEW, NEW), True),  # began and ended while the audit looked
    ],
)
def test_a_deployment_is_seen_in_a_marker_that_is_open_or_moved(before: Marker, after: Marker, under_way: bool) -> None:
    found = deploying(NAMES, before, after)
    assert (found is not None) == under_way
    if found:
        assert found.status is Status.DEPLOYING
        assert found.status in NO_ANSWERS


def test_an_audit_looks_again_until_nothing_disturbs_it() -> None:
    looks = Looks(disturbed=2)
    assert undisturbed(looks, looks.pauses.append) is None
    assert (looks.taken, looks.pauses) == (3, [PAUSE_SECONDS] * 2)


def test_an_audit_does_not_wait_for_ever() -> None:
    looks = Looks(disturbed=99)
    found = undisturbed(looks, looks.pauses.append)
    assert found is not None
    assert "under way, or was broken off" in found.found
    assert (looks.taken, len(looks.pauses)) == (ATTEMPTS, ATTEMPTS - 1)
